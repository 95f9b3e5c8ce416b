/**
 * Why the database did not do what it was asked.
 * - LOST: the connection broke. Of a transaction whose COMMIT had not been sent nothing stays.
 * - AWAY: there was no connection to be had: nothing was sent.
 * - BUSY: no connection was free in time, a lock was not, others were in the way, or a statement took too long.
 * - UNCERTAIN: the connection broke when COMMIT had been sent. Nobody knows whether it was done.
 */
export type Unavailability = 'LOST' | 'AWAY' | 'BUSY' | 'UNCERTAIN';

interface Marked {
  unavailable?: Unavailability;
  statusCode?: number;
}

/**
 * Notes on an error what it means. The error stays what it is, for who knows its code, and for the log; and MikroORM,
 * which makes errors of its own of those that come out of a statement, keeps such properties.
 */
export function markUnavailable(error: object, as: Unavailability): void {
  Object.assign(error, { unavailable: as, statusCode: 503 } satisfies Marked);
}

/** What the error means for who asked; null where it says nothing about the database's being there. */
export function unavailabilityOf(error: unknown): Unavailability | null {
  return (error as Marked | null | undefined)?.unavailable ?? null;
}

/** Whether what was asked may have been done all the same. */
export function isUncertain(error: unknown): boolean {
  return unavailabilityOf(error) === 'UNCERTAIN';
}

/** Seconds after which a client may try again. Ours. */
const RETRY_AFTER_SECONDS = 1;

const MESSAGES: Readonly<Record<Unavailability, string>> = {
  LOST: 'The service cannot do this at the moment. Try again soon.',
  AWAY: 'The service cannot do this at the moment. Try again soon.',
  BUSY: 'The service is too busy for this at the moment. Try again soon.',
  UNCERTAIN:
    'The service cannot say whether this was done. Look first, or send it again with the same clientMutationId.',
};

/** What a client is told of it, without detail. */
export function toldOf(unavailable: Unavailability) {
  return { message: MESSAGES[unavailable], statusCode: 503, retryAfterSeconds: RETRY_AFTER_SECONDS };
}

/** How loud what failed is told: of a database that is away one line of its own tells, and nobody is to be woken by many. */
export function levelOf(error: unknown): 'warn' | 'error' {
  return unavailabilityOf(error) === null ? 'error' : 'warn';
}
