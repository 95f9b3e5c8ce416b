import type { Tx } from './unit-of-work.js';

/** A fact of the domain, past tense, as a class: `OfferAccepted`. */
export type EventClass<E extends object> = abstract new (...args: never[]) => E;

/** What a room does when something happened in a room below it, in the transaction in which it happened. */
export interface Listener<E extends object = object> {
  readonly event: EventClass<E>;
  readonly handle: (tx: Tx, event: E) => Promise<void> | void;
}

export function on<E extends object>(event: EventClass<E>, handle: Listener<E>['handle']): Listener {
  return { event, handle: handle as Listener['handle'] };
}

/** The listeners of all rooms, in the order in which the composition root lists them. */
export class Listeners {
  constructor(private readonly all: readonly Listener[]) {}

  async tell(tx: Tx, event: object): Promise<void> {
    for (const listener of this.all) {
      if (event instanceof listener.event) await listener.handle(tx, event);
    }
  }
}
