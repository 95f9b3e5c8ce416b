import { pause } from '../live.js';
import { chat, type Play, playsOf } from './plays.js';
import type { Talk, World } from './world.js';
import type { Writers } from './writers.js';

/** Plays that run side by side. */
const STAGES = 12;

/**
 * Plays the plays, spread evenly over `events` mutations, and chats between them; past that many it chats on until it is
 * told to end, so that nothing disturbs a silence.
 */
export class Theatre {
  private readonly plays: Play[];
  private readonly count: number;
  private readonly free: Talk[];
  private isOver = false;
  private failure: unknown = null;
  private readonly running: Promise<void>[];

  constructor(
    private readonly writers: Writers,
    world: World,
    private readonly events: number,
  ) {
    this.plays = playsOf(world);
    this.count = this.plays.length;
    // A chat is one at a time, so that its lines are in turn; there are more of them than stages.
    this.free = [...world.chats];
    this.running = Array.from({ length: STAGES }, () => this.run());
  }

  /** Waits until this share of the mutations was acknowledged. @throws what went wrong in any play */
  async reaches(share: number): Promise<void> {
    while (this.progress < share && this.failure === null) await pause(20);
    if (this.failure !== null) throw this.failure;
  }

  /** Lets all that has begun come to its end. @throws what went wrong in any play */
  async end(): Promise<void> {
    await this.reaches(1);
    this.isOver = true;
    await Promise.all(this.running);
    if (this.failure !== null) throw this.failure;
  }

  private get progress(): number {
    return this.writers.acknowledged.length / this.events;
  }

  private async run(): Promise<void> {
    try {
      while (this.failure === null && (!this.isOver || this.plays.length > 0)) await this.playNext();
    } catch (error) {
      this.failure ??= error;
    }
  }

  private async playNext(): Promise<void> {
    const isDue = this.isOver || (this.count - this.plays.length) / this.count <= this.progress;
    const play = isDue ? this.plays.shift() : undefined;
    if (play) await play(this.writers);
    else await this.chat();
  }

  private async chat(): Promise<void> {
    const talk = this.free.shift() as Talk;
    await chat(talk)(this.writers);
    this.free.push(talk);
  }
}
