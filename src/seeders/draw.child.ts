import { join } from 'node:path';
import sharp from 'sharp';

/**
 * Draws pictures into a folder, in a process of its own: the server's own sharp reads no SVG, and must not learn to. It
 * imports nothing of ours, for it runs as TypeScript where everything does.
 */
interface Order {
  readonly directory: string;
  readonly drawings: ReadonlyArray<{ readonly name: string; readonly svg: string }>;
}

process.once('message', async ({ directory, drawings }: Order) => {
  const queue = drawings.values();
  const work = async () => {
    for (const { name, svg } of queue) {
      const picture = sharp(Buffer.from(svg));
      await picture
        .clone()
        .webp({ quality: 80, effort: 0 })
        .toFile(join(directory, `${name}.webp`));
      await picture
        .clone()
        .resize(320, 240)
        .webp({ quality: 75, effort: 0 })
        .toFile(join(directory, `${name}-thumb.webp`));
    }
  };
  await Promise.all([work(), work()]);
  process.disconnect();
});
