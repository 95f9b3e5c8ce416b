import type { WebSocket } from 'ws';
import { closeCodes } from './close-codes.js';
import { MessageRate } from './message-rate.js';

/** The same object for all lines of a server. */
export interface LineRules {
  readonly maxSocketMessagesPerSecond: number;
  readonly maxUnsentBytes: number;
  /** Told of each that is closed because its client reads too slowly. */
  readonly onCutOff: () => void;
}

const AS_TEXT = { binary: false };

/** A socket within its limits: nothing goes through it that is over them, and nothing at all once it has begun to close. */
export class Line {
  /** Of the pulse: when it is pinged. */
  turn = 0;
  private readonly rate: MessageRate;
  // connection_init comes once and counts for nothing: a client may take up all that it may follow in one go.
  private isFirst = true;
  private hasAnswered = true;

  constructor(
    readonly socket: WebSocket,
    private readonly rules: LineRules,
  ) {
    this.rate = new MessageRate(rules.maxSocketMessagesPerSecond);
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /** Sends what is text already, and calls `sent` when the system has taken it. False where nothing is sent any more. */
  send(message: string | Buffer, sent?: () => void): boolean {
    if (!this.keepsReading()) return false;
    this.socket.send(message, AS_TEXT, sent);
    return true;
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  /** Its client reads too slowly. */
  cutOff(reason: string): void {
    if (!this.isOpen) return;
    this.rules.onCutOff();
    this.close(closeCodes.tooSlow, reason);
  }

  /**
   * Whether what has just come may be looked at. Past the limit the socket is not even read any more: what a flood costs
   * is what was under way already.
   */
  admits(): boolean {
    if (!this.keepsReading()) return false;
    if (!this.isFirst && !this.rate.allows()) {
      this.close(closeCodes.tooMany, 'Too many messages');
      this.socket.pause();
      return false;
    }
    this.isFirst = false;
    return true;
  }

  /** The client is there. */
  answered(): void {
    this.hasAnswered = true;
  }

  /** Pings, and cuts the line of who did not answer the last one. */
  beat(): void {
    if (!this.hasAnswered) this.socket.terminate();
    this.hasAnswered = false;
    if (this.isOpen) this.socket.ping();
  }

  /** Whether the socket is open; one whose client leaves too much unread is closed here. */
  private keepsReading(): boolean {
    if (!this.isOpen) return false;
    if (this.socket.bufferedAmount <= this.rules.maxUnsentBytes) return true;
    this.cutOff('Too much unread: connect again and resume with after');
    return false;
  }
}
