import { randomUUID } from 'node:crypto';
import { pause } from './live.js';

/** What a client does not take for an answer: the node went away, or has nothing to work with at the moment. */
const TRY_AGAIN = new Set([429, 502, 503, 504]);

const AGAIN_AFTER_MS = 50;

export interface Acknowledged<Data> {
  readonly data: Data;
  readonly clientMutationId: string;
  /** How often it was sent. */
  readonly attempts: number;
}

export interface Refused {
  readonly refused: string;
  readonly clientMutationId: string;
  readonly attempts: number;
}

/**
 * Sends a mutation until somebody answers it, each time with the same clientMutationId: as a client does that wants to be
 * sure and must not do it twice. Each attempt goes where `url` says then. @throws Error where nobody does within the time.
 */
export async function sendUntilAnswered<Data>(
  url: string | (() => string),
  token: string,
  query: string,
  input: { readonly clientMutationId?: string; readonly [field: string]: unknown },
  withinMs = 30_000,
): Promise<Acknowledged<Data> | Refused> {
  const clientMutationId = input.clientMutationId ?? randomUUID();
  const body = JSON.stringify({ query, variables: { input: { ...input, clientMutationId } } });
  const endsAt = Date.now() + withinMs;
  let last: unknown;
  for (let attempts = 1; Date.now() < endsAt; attempts++) {
    const answer = await post(typeof url === 'string' ? url : url(), token, body).catch((error: unknown) => {
      last = error;
      return null;
    });
    if (answer && !answer.isTryAgain) {
      const { data, errors } = answer.told;
      if (errors) return { refused: errors[0]?.extensions.code ?? 'UNKNOWN', clientMutationId, attempts };
      return { data: data as Data, clientMutationId, attempts };
    }
    last = answer ?? last;
    await pause(AGAIN_AFTER_MS * (0.5 + Math.random()));
  }
  throw new Error(`Nobody answered within ${withinMs} ms: ${String(last)}`);
}

interface Told {
  readonly data?: unknown;
  readonly errors?: ReadonlyArray<{
    readonly extensions: { readonly code: string; readonly statusCode?: number };
  }>;
}

async function post(url: string, token: string, body: string) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body,
    signal: AbortSignal.timeout(15_000),
  });
  const text = await response.text();
  if (TRY_AGAIN.has(response.status)) return { isTryAgain: true, told: {} as Told };
  const told = JSON.parse(text) as Told;
  const isTryAgain =
    told.errors?.some(({ extensions: { statusCode = 0 } }) => TRY_AGAIN.has(statusCode)) ?? false;
  return { isTryAgain, told };
}
