import type { FileHandle } from 'node:fs/promises';

/** What a file may be to another program, whatever it says at its beginning. */

/** A reader of ZIP looks for the end of the directory in the last 65,557 bytes: 22 and the longest comment. */
export const ZIP_TAIL_BYTES = 65_557;

/** The end of a ZIP's directory on disk 0 of 0; in ZIP64 those two are all ones. */
const ZIP_ENDS = ['504b050600000000', '504b0506ffffffff'].map((hex) => Buffer.from(hex, 'hex'));

/** Whether a file that ends so is a ZIP too, and with that a Java program, an Office document or an app. */
export function endsAsZip(tail: Buffer): boolean {
  return ZIP_ENDS.some((end) => tail.includes(end));
}

/** A server that runs scripts, or a browser that guesses types, would look for them. */
const SCRIPT = /<(?:\?php|script[\s>]|html[\s>]|!doctype\s+html|svg[\s>])/i;

/** Whether a page or a script begins in these bytes. */
export function holdsScript(head: Buffer): boolean {
  return SCRIPT.test(head.toString('latin1'));
}

/** So many bytes from there on; fewer where the file ends. */
export async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
