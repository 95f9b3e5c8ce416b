// Thousands of subscribers in a process of their own: no more of a client than it takes, so that what is measured is the
// server.
import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export interface Wanted {
  readonly urls: readonly string[];
  readonly count: number;
  /**
   * What the clients say, one list after the other in turn: the first thing after the handshake, the rest when it is
   * acknowledged, with an id of its own for `ID`. Nothing to a server that only broadcasts.
   */
  readonly hello: ReadonlyArray<readonly string[]>;
}
export type Order = Wanted | { expect: number } | { leave: true };
/** `arrivals`: when the message with this number came, for each client, in nanoseconds of the machine's monotonic clock. */
export type Report =
  | { ready: number }
  | { sequence: number; arrivals: Float64Array; sample: string }
  | { left: true };

const tell = (report: Report) => void process.send?.(report);
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

/** Clients that connect at once: a listening socket holds only so many. */
const AT_ONCE = 50;

let clients: Client[] = [];
let expected: { sequence: number; arrivals: Float64Array; missing: number } | null = null;
const early = new Map<number, Array<[place: number, at: number]>>();

function arrived(place: number, sequence: number, at: number, text: Buffer): void {
  if (expected?.sequence !== sequence) {
    early.set(sequence, [...(early.get(sequence) ?? []), [place, at]]);
    return;
  }
  if (expected.arrivals[place] !== 0) throw new Error(`${sequence} came twice`);
  expected.arrivals[place] = at;
  expected.missing -= 1;
  if (expected.missing > 0) return;
  tell({ sequence, arrivals: expected.arrivals, sample: text.toString() });
  expected = null;
}

class Client {
  private rest: Buffer = Buffer.alloc(0);
  private isOpen = false;
  readonly line: Socket;

  constructor(
    private readonly place: number,
    url: string,
    private readonly hello: readonly string[],
    private readonly onReady: () => void,
  ) {
    const { hostname, port, host } = new URL(url);
    this.line = connect({ host: hostname, port: Number(port), noDelay: true });
    this.line.write(
      `GET /graphql HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n' +
        'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n' +
        'Accept-Language: en-US,en;q=0.5\r\nCache-Control: no-cache\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
    );
    this.line.on('data', (chunk) => this.read(chunk));
    this.line.on('error', () => undefined);
  }

  private say(text: string): void {
    const payload = Buffer.from(text);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(payload.length);
    this.line.write(Buffer.concat([Buffer.from([0x81, 0x80 | 126]), length, Buffer.alloc(4), payload]));
  }

  private read(chunk: Buffer): void {
    const at = Number(process.hrtime.bigint());
    let data = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    if (!this.isOpen) {
      const end = data.indexOf('\r\n\r\n');
      if (end >= 0 && !data.toString('latin1', 0, 12).includes('101')) throw new Error(data.toString());
      if (end >= 0) {
        this.isOpen = true;
        data = data.subarray(end + 4);
        if (this.hello[0]) this.say(this.hello[0]);
        else this.onReady();
      }
    }
    if (this.isOpen) data = this.readFrames(data, at);
    this.rest = data;
  }

  /** The server's frames are whole and not masked. */
  private readFrames(data: Buffer, at: number): Buffer {
    let rest = data;
    while (rest.length >= 2) {
      const short = (rest[1] as number) & 0x7f;
      const begin = short === 126 ? 4 : 2;
      if (rest.length < begin) break;
      const end = begin + (short === 126 ? rest.readUInt16BE(2) : short);
      if (rest.length < end) break;
      this.take((rest[0] as number) & 0x0f, rest.subarray(begin, end), at);
      rest = rest.subarray(end);
    }
    return rest;
  }

  private take(kind: number, text: Buffer, at: number): void {
    if (kind === 9) this.line.write(PONG);
    else if (kind === 8) throw new Error(`Closed: ${text.readUInt16BE(0)} ${text.subarray(2)}`);
    else if (kind === 1) {
      const place = text.indexOf('"sequence":');
      if (place >= 0)
        arrived(this.place, Number.parseInt(text.toString('latin1', place + 11, place + 20), 10), at, text);
      else if (text.includes('connection_ack')) {
        for (const next of this.hello.slice(1)) this.say(next.replace('ID', randomUUID()));
        this.onReady();
      } else throw new Error(`Not expected: ${text}`);
    }
  }
}

async function enter({ urls, count, hello }: Wanted): Promise<void> {
  for (let begin = 0; begin < count; begin += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - begin) }, (_, n) => begin + n);
    const ready = some.map(
      (place) =>
        new Promise<void>((resolve) => {
          const url = urls[place % urls.length] as string;
          clients.push(new Client(place, url, hello[place % Math.max(1, hello.length)] ?? [], resolve));
        }),
    );
    await Promise.all(ready);
  }
  tell({ ready: count });
}

async function leave(): Promise<void> {
  const gone = clients.map(({ line }) => new Promise((resolve) => line.once('close', resolve)));
  for (const { line } of clients) line.destroy();
  await Promise.all(gone);
  clients = [];
  early.clear();
  tell({ left: true });
}

process.on('message', (order: Order) => {
  if ('leave' in order) return void leave();
  if ('urls' in order) return void enter(order);
  expected = { sequence: order.expect, arrivals: new Float64Array(clients.length), missing: clients.length };
  for (const [place, at] of early.get(order.expect) ?? []) arrived(place, order.expect, at, Buffer.alloc(0));
});
