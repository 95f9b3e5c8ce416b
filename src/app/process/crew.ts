import cluster, { type Worker } from 'node:cluster';
import type { Logger } from '../../kernel/ports.js';
import { isListening, type Stop } from './messages.js';
import { type History, historyAfter, isHopeless, pauseBeforeRestart, unblemished } from './restarts.js';

/** One of the processes behind the port, and whoever takes its place when it ends. */
interface Place {
  worker: Worker | null;
  serves: boolean;
  startedAt: number;
  history: History;
  restart?: NodeJS.Timeout;
}

/** Keeps so many workers at work: each that ends is replaced, until all are told to stop. */
export class Crew {
  private readonly places: Place[];
  private readonly listening = Promise.withResolvers<string>();
  private readonly gone = Promise.withResolvers<void>();
  private isStopping = false;
  private isUnclean = false;

  constructor(
    count: number,
    private readonly log: Logger,
  ) {
    this.places = Array.from({ length: count }, () => ({
      worker: null,
      serves: false,
      startedAt: 0,
      history: unblemished,
    }));
    // Who waits for the first start only is not told of what comes later.
    this.listening.promise.catch(() => undefined);
  }

  /** Resolves to where they listen, once all do; rejects when none can. */
  start(): Promise<string> {
    for (const place of this.places) this.fork(place);
    return this.listening.promise;
  }

  /** Rejects when none can work any more, and resolves when all have stopped. */
  get ended(): Promise<void> {
    return this.gone.promise;
  }

  /** Tells all to stop; who has not ended within the time is killed. Resolves to whether all have ended in order. */
  async stop(withinMs: number): Promise<boolean> {
    this.isStopping = true;
    for (const { worker, restart } of this.places) {
      clearTimeout(restart);
      const message: Stop = { stop: true };
      if (worker?.isConnected()) worker.send(message, () => undefined);
    }
    this.leaveIfAllHaveLeft();
    const deadline = setTimeout(() => this.kill(), withinMs);
    await this.gone.promise;
    clearTimeout(deadline);
    return !this.isUnclean;
  }

  kill(): void {
    for (const { worker } of this.places) worker?.process.kill('SIGKILL');
  }

  private fork(place: Place): void {
    const worker = cluster.fork();
    Object.assign(place, { worker, serves: false, startedAt: performance.now() });
    worker.on('message', (message: unknown) => {
      if (isListening(message)) this.joined(place, message.listening);
    });
    worker.on('error', (err) =>
      this.log.warn({ err, pid: worker.process.pid }, 'a worker cannot be reached'),
    );
    worker.once('exit', (code: number | null, signal: string | null) =>
      this.left(place, worker, code, signal),
    );
  }

  private joined(place: Place, url: string): void {
    place.serves = true;
    if (this.places.every(({ serves }) => serves)) this.listening.resolve(url);
  }

  private left(place: Place, { process: { pid } }: Worker, code: number | null, signal: string | null): void {
    const life = { ms: performance.now() - place.startedAt, listened: place.serves };
    Object.assign(place, { worker: null, serves: false, history: historyAfter(place.history, life) });
    if (this.isStopping) {
      if (code !== 0) this.isUnclean = true;
      this.leaveIfAllHaveLeft();
      return;
    }
    const inMs = pauseBeforeRestart(place.history);
    this.log.error({ pid, code, signal, inMs }, 'a worker has ended: another one takes its place');
    if (isHopeless(this.places)) this.giveUp();
    else place.restart = setTimeout(() => this.fork(place), inMs);
  }

  private leaveIfAllHaveLeft(): void {
    if (this.places.every(({ worker }) => worker === null)) this.gone.resolve();
  }

  private giveUp(): void {
    const error = new Error('The workers end before they listen, again and again: see what they say.');
    for (const { restart } of this.places) clearTimeout(restart);
    this.listening.reject(error);
    this.gone.reject(error);
  }
}
