import { Worker } from 'node:worker_threads';
import type { Logger, VinDecoder, VinFacts, VinQuestion } from '../../kernel/ports.js';
import { scriptUrl, VpicDatabase } from './vpic-database.js';

/** VINs of one message: a fraction of a second of work, so that nobody waits long behind a large file's. */
const SLICE = 100;
const ATTEMPTS = 2;
/** A thread that has nothing to do is let go: it is 20 MB, and another starts in a fifth of a second. */
const IDLE_MS = 20_000;
/** Where the database cannot be made, for want of room say, it is not tried for every question. */
const RETRY_MS = 10_000;

type Answer = ReadonlyArray<VinFacts | null>;

interface Call {
  readonly questions: readonly VinQuestion[];
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
  attempts: number;
}

export interface WorkerVinDecoderOptions {
  /** Where the unpacked database lies. */
  readonly directory: string;
  readonly log: Logger;
  /** How long a message may take, waiting and unpacking included. */
  readonly timeLimitMs?: number;
  /** Messages that may wait. */
  readonly maxWaiting?: number;
  /** After how long without a question the thread is let go. */
  readonly idleMs?: number;
  /** The thread's script, for tests that want one that fails. */
  readonly script?: URL;
}

/**
 * Looks VINs up in a thread, which is started at the first question and keeps no process alive. It answers one message
 * after the other. One that ends over a message is replaced, and the message is asked once more.
 */
export class WorkerVinDecoder implements VinDecoder {
  private readonly database: VpicDatabase;
  private readonly log: Logger;
  private readonly timeLimitMs: number;
  private readonly maxWaiting: number;
  private readonly idleMs: number;
  private readonly script: URL;
  private readonly waiting: Call[] = [];
  private asked: Call | null = null;
  private worker: Worker | null = null;
  private starting: Promise<void> | null = null;
  private idle: NodeJS.Timeout | undefined;
  private notBefore = 0;
  private closed = false;

  constructor({ directory, log, timeLimitMs = 8_000, maxWaiting = 200, ...rare }: WorkerVinDecoderOptions) {
    this.database = new VpicDatabase(directory);
    this.log = log;
    this.timeLimitMs = timeLimitMs;
    this.maxWaiting = maxWaiting;
    this.idleMs = rare.idleMs ?? IDLE_MS;
    this.script = rare.script ?? scriptUrl('vpic-lookup.worker');
  }

  async decode(questions: readonly VinQuestion[]): Promise<Array<VinFacts | null>> {
    const facts: Array<VinFacts | null> = [];
    for (let from = 0; from < questions.length; from += SLICE) {
      facts.push(...(await this.ask(questions.slice(from, from + SLICE))));
    }
    return facts;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.idle);
    this.refuseAll('The VIN decoder was closed.');
    await Promise.all([this.worker?.terminate(), this.database.close()]);
    await this.starting;
  }

  private async ask(questions: readonly VinQuestion[]): Promise<Answer> {
    if (this.closed) throw new Error('The VIN decoder is closed.');
    if (performance.now() < this.notBefore) throw new Error('The VIN decoder could not be started.');
    if (this.waiting.length >= this.maxWaiting) throw new Error('The VIN decoder is busy.');
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.giveUp(call), this.timeLimitMs);
      const call: Call = { questions, resolve, reject, timer, attempts: 0 };
      this.waiting.push(call);
      this.next();
    });
  }

  private next(): void {
    if (this.asked || this.closed) return;
    if (this.waiting.length === 0) {
      this.letGoLater();
      return;
    }
    clearTimeout(this.idle);
    if (!this.worker) {
      this.starting ??= this.start();
      return;
    }
    this.asked = this.waiting.shift() ?? null;
    if (!this.asked) return;
    this.asked.attempts++;
    this.worker.postMessage(this.asked.questions);
  }

  private letGoLater(): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => {
      const unused = this.worker;
      this.worker = null;
      void unused?.terminate();
    }, this.idleMs).unref();
  }

  private async start(): Promise<void> {
    try {
      const workerData = await this.database.ready();
      if (!this.closed) this.worker = this.hire(workerData);
    } catch (error) {
      this.notBefore = performance.now() + RETRY_MS;
      if (!this.closed) this.log.error({ err: error }, 'the VIN decoder could not be started');
      this.refuseAll('The VIN decoder could not be started.');
    } finally {
      this.starting = null;
    }
    this.next();
  }

  private hire(workerData: string): Worker {
    const worker = new Worker(this.script, {
      workerData,
      // Types are stripped by Node itself; what else the process was started with is none of a thread's business.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 64 },
    });
    worker.on('message', (answer: Answer) => {
      if (this.worker === worker) this.settle((call) => call.resolve(answer));
    });
    worker.on('error', (error) => this.log.error({ err: error }, 'the VIN decoder failed'));
    worker.on('exit', () => this.replace(worker));
    // Last: whoever begins to listen for messages takes it back.
    worker.unref();
    return worker;
  }

  /** A message that took the thread down may do so again: it is not asked for ever. */
  private replace(worker: Worker): void {
    if (this.worker !== worker) return;
    this.worker = null;
    const call = this.asked;
    if (call && call.attempts < ATTEMPTS) {
      this.asked = null;
      this.waiting.unshift(call);
      this.next();
    } else {
      this.settle(({ reject }) => reject(new Error('The VIN decoder failed.')));
    }
  }

  private giveUp(call: Call): void {
    if (call === this.asked) {
      const hanging = this.worker;
      this.worker = null;
      void hanging?.terminate();
      this.settle(({ reject }) => reject(outOfTime()));
      return;
    }
    const place = this.waiting.indexOf(call);
    if (place < 0) return;
    this.waiting.splice(place, 1);
    call.reject(outOfTime());
  }

  private settle(tell: (call: Call) => void): void {
    const call = this.asked;
    this.asked = null;
    if (call) {
      clearTimeout(call.timer);
      tell(call);
    }
    this.next();
  }

  private refuseAll(message: string): void {
    for (const call of [...(this.asked ? [this.asked] : []), ...this.waiting]) {
      clearTimeout(call.timer);
      call.reject(new Error(message));
    }
    this.asked = null;
    this.waiting.length = 0;
  }
}

function outOfTime(): Error {
  return new Error('The VIN decoder took too long.');
}
