import { connect } from 'node:net';
import type { TestApp } from '../../support/app.js';

/** Begins to write what is to come later; the returned function ends it. */
export type Later = (write: (bytes: string) => void) => () => void;

/** Sends bytes as they are, and gives all that comes back until the server ends the line or is silent for so long. */
export function exchange(
  app: TestApp,
  bytes: string | Buffer,
  silenceMs = 3_000,
  later: Later = () => () => undefined,
): Promise<string> {
  const { hostname, port } = new URL(app.url);
  return new Promise((resolve, reject) => {
    let received = '';
    let silence: NodeJS.Timeout;
    const line = connect(Number(port), hostname, () =>
      line.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes),
    );
    const end = later((more) => line.write(more, 'latin1'));
    const wait = () => {
      clearTimeout(silence);
      silence = setTimeout(() => line.destroy(), silenceMs);
    };
    wait();
    line.setEncoding('latin1').on('data', (piece: string) => {
      received += piece;
      wait();
    });
    // Who is refused in the middle of a request may be told so by a reset as well.
    line.on('error', (error) => received === '' && reject(error));
    line.on('close', () => {
      end();
      clearTimeout(silence);
      resolve(received);
    });
  });
}

/** The status of each answer in what came back. */
export function statusesIn(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

/** Lines of a request, each with the end that HTTP wants. */
export function lines(...all: string[]): string {
  return `${all.join('\r\n')}\r\n`;
}
