import { expect, it } from 'vitest';
import { useApp } from '../../support/app.js';
import {
  END,
  fileHead,
  form,
  multipart,
  oneFile,
  storedFiles,
  UploadLine,
  underWay,
} from '../../support/multipart.js';

const MB = 1024 * 1024;
const SIZE = 10 * MB;
const PIECE = Buffer.alloc(MB, 'x');

const app = useApp('sqlite');

it('20 uploads of 10 MB at once are never in memory together', { timeout: 60_000 }, async () => {
  const people = await Promise.all(Array.from({ length: 4 }, () => app.build.buyer()));
  const head = Buffer.concat([form(oneFile), fileHead('0')]);
  const end = Buffer.concat([Buffer.from('\r\n'), END]);
  const lines = await Promise.all(Array.from({ length: 20 }, () => UploadLine.open(app)));

  const inMemory = () => process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
  const before = inMemory();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, inMemory());
  }, 5);
  await Promise.all(
    lines.map(async (line, index) => {
      line.head(head.length + SIZE + end.length, multipart(people[index % 4]?.token));
      line.send(head);
      // The sender keeps nothing back, and waits where it is made to.
      expect(await line.flood(PIECE, SIZE)).toBe(SIZE);
      line.send(end);
      expect(await line.status()).toBe(200);
      expect(line.received).toContain('UNSUPPORTED_MEDIA_TYPE');
      line.destroy();
    }),
  );
  clearInterval(timer);
  // Twenty pieces here, as many there, and what is not collected yet.
  expect((most - before) / MB).toBeLessThan(130);
  expect([await storedFiles(app), await underWay(app)]).toEqual([[], []]);
});
