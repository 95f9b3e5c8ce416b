/** Why a process is to end. */
export interface End {
  /** An error that nobody caught. */
  readonly fault?: { readonly error: unknown };
}

/** Ctrl-C comes twice where something in between (npm, a shell) passes it on: that is no second wish. */
const SAME_WISH_MS = 200;

/**
 * The first signal that asks for an orderly stop, or the first error that nobody caught. A second signal ends the process
 * at once; further errors, which a stop may well bring, do not.
 */
export function endOfWork(): Promise<End> {
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    const ask = () => {
      const now = performance.now();
      if (askedAt !== undefined && now - askedAt > SAME_WISH_MS) process.exit(1);
      askedAt ??= now;
      resolve({});
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, ask);
    tellFaults(resolve);
  });
}

/** For a process that another one stops: signals that reach all processes at once count as one. */
export function endOfWorkAmongOthers(stopped: (stop: () => void) => void): Promise<End> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve({}));
    stopped(() => resolve({}));
    tellFaults(resolve);
  });
}

function tellFaults(tell: (end: End) => void): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => tell({ fault: { error } }));
  }
}
