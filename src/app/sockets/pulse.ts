import type { Line } from './line.js';

/** So that thousands of pings do not go out at the same moment. */
const TURNS = 12;

/** One timer for the pings of all sockets: each is pinged once in `everyMs`, a part of them at each turn. */
export class Pulse {
  private readonly turns = Array.from({ length: TURNS }, () => new Set<Line>());
  private turn = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(everyMs: number) {
    this.timer = setInterval(() => this.beat(), everyMs / TURNS).unref();
  }

  /** Its first ping is nearly a whole round away. */
  add(line: Line): void {
    line.turn = this.turn;
    this.turns[line.turn]?.add(line);
  }

  remove(line: Line): void {
    this.turns[line.turn]?.delete(line);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private beat(): void {
    this.turn = (this.turn + 1) % TURNS;
    for (const line of this.turns[this.turn] ?? []) line.beat();
  }
}
