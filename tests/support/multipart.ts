import { readdir, readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { TestApp } from './app.js';
import { until } from './live.js';

/** Multipart requests byte by byte, for what no client would send. */

export const BOUNDARY = 'a-boundary';

export const UPLOAD_AVATAR =
  'mutation ($input: UploadAvatarInput!) { uploadAvatar(input: $input) { user { id } } }';

/** An operation with a place for one file, and what says so. */
export const oneFile = {
  operations: JSON.stringify({ query: UPLOAD_AVATAR, variables: { input: { file: null } } }),
  map: JSON.stringify({ 0: ['variables.input.file'] }),
};

/** The same for an operation that does nothing with the file. */
export const unread = {
  operations: JSON.stringify({ query: '{ __typename }', variables: { file: null } }),
  map: JSON.stringify({ 0: ['variables.file'] }),
};

export function field(name: string, value: string): Buffer {
  return Buffer.from(`--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
}

export function fileHead(name: string, filename = 'picture.png'): Buffer {
  return Buffer.from(
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"; filename="${filename}"\r\n` +
      'content-type: image/png\r\n\r\n',
  );
}

export function file(name: string, content: Buffer | string, filename?: string): Buffer {
  return Buffer.concat([fileHead(name, filename), Buffer.from(content), Buffer.from('\r\n')]);
}

export const END = Buffer.from(`--${BOUNDARY}--\r\n`);

export function form({ operations, map }: { operations: string; map: string }, ...rest: Buffer[]): Buffer {
  return Buffer.concat([field('operations', operations), field('map', map), ...rest]);
}

export function multipart(token?: string): Record<string, string> {
  return {
    'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    'apollo-require-preflight': 'true',
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  };
}

/** A line to the server on which a request is sent as a test wants it sent, without a client around it. */
export class UploadLine {
  received = '';
  isClosed = false;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.received += text;
    });
    socket
      .on('error', () => undefined)
      .on('close', () => {
        this.isClosed = true;
      });
  }

  static async open(app: Pick<TestApp, 'url'>): Promise<UploadLine> {
    const { hostname, port } = new URL(app.url);
    const socket = connect(Number(port), hostname);
    const line = new UploadLine(socket);
    await until('the line', () => !socket.connecting);
    return line;
  }

  /** The head of a request whose body has this length, or comes in chunks. */
  head(length: number | 'chunked', headers: Record<string, string>, path = '/graphql'): void {
    const size = length === 'chunked' ? 'transfer-encoding: chunked' : `content-length: ${length}`;
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    this.socket.write([`POST ${path} HTTP/1.1`, 'host: localhost', size, ...lines, '', ''].join('\r\n'));
  }

  send(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** Sends until the server no longer takes it; returns how much it took. */
  async flood(piece: Buffer, atMost: number): Promise<number> {
    let sent = 0;
    while (!this.isClosed && sent < atMost) {
      sent += piece.length;
      if (this.socket.write(piece)) continue;
      await until('room, or the end', () => this.isClosed || !this.socket.writableNeedDrain);
    }
    return sent;
  }

  /** The status of the nth answer on this line, once it is there. */
  async status(n = 1): Promise<number> {
    const statuses = () => [...this.received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, code]) => Number(code));
    await until(`answer ${n}`, () => statuses().length >= n || this.isClosed);
    return statuses()[n - 1] ?? 0;
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** What is under way in an app: the files of its uploads, and of what is made of them. */
export async function underWay(app: TestApp): Promise<string[]> {
  return readdir(join(app.files, 'tmp'), { recursive: true }).catch(() => []);
}

/** What an app has stored, by key, and what of it is unfinished. */
export async function storedFiles(app: TestApp): Promise<string[]> {
  const root = join(app.files, 'uploads');
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

export function storedBytes(app: TestApp, key: string): Promise<Buffer> {
  return readFile(join(app.files, 'uploads', key));
}

/** Errors that nobody caught, from now to the end of the test: the process of a server would be gone. */
export function uncaught(): unknown[] {
  const errors: unknown[] = [];
  const hear = (error: unknown) => void errors.push(error);
  process.on('uncaughtException', hear).on('unhandledRejection', hear);
  onTestFinished(() => void process.off('uncaughtException', hear).off('unhandledRejection', hear));
  return errors;
}
