import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { Logger } from '../../kernel/ports.js';
import type { S3Place } from './s3-url.js';

/** How long S3 is waited for, and how often it is asked. Times are milliseconds. */
export interface Patience {
  readonly connectMs: number;
  /** From the beginning of a request to the head of its answer, what is sent included. */
  readonly answerMs: number;
  /** In which nothing at all comes or goes on the line. */
  readonly silenceMs: number;
  readonly attempts: number;
  readonly sockets: number;
}

export type PatienceByUse = Readonly<Record<'files' | 'media' | 'probe', Patience>>;

const PATIENCE: PatienceByUse = {
  /** What stores and deletes: behind it stands an operation that has 10 s, or a job. */
  files: { connectMs: 1_500, answerMs: 20_000, silenceMs: 4_000, attempts: 3, sockets: 50 },
  /**
   * What is streamed to browsers has lines of its own: who reads slowly keeps one busy, and must not keep an upload
   * waiting. A reader that takes nothing keeps its line for as long as the silence is.
   */
  media: { connectMs: 1_500, answerMs: 5_000, silenceMs: 30_000, attempts: 2, sockets: 1_000 },
  /** Whether it is there at all is asked by load balancers, which wait for two seconds. */
  probe: { connectMs: 1_500, answerMs: 1_500, silenceMs: 1_500, attempts: 1, sockets: 2 },
};

export interface S3Clients {
  readonly files: S3Client;
  readonly media: S3Client;
  readonly probe: S3Client;
  /** Asks nothing: it signs links, for the name that browsers know. */
  readonly signer: S3Client;
  close(): void;
}

/** Keys are found as the SDK finds them (environment, files, a role), once for all. */
export function s3Clients(place: S3Place, log: Logger, patience: PatienceByUse = PATIENCE): S3Clients {
  const files = clientOf(place, patience.files, log);
  const { credentials } = files.config;
  const media = clientOf(place, patience.media, log, { credentials });
  const probe = clientOf(place, patience.probe, log, { credentials });
  const signer = clientOf({ ...place, endpoint: place.publicEndpoint }, patience.probe, log, { credentials });
  return {
    files,
    media,
    probe,
    signer,
    close() {
      for (const client of [files, media, probe, signer]) client.destroy();
    },
  };
}

function clientOf(
  { endpoint, region, pathStyle }: S3Place,
  { connectMs, answerMs, silenceMs, attempts, sockets }: Patience,
  log: Logger,
  more: S3ClientConfig = {},
): S3Client {
  const agent = { keepAlive: true, maxSockets: sockets };
  return new S3Client({
    ...(endpoint === null ? {} : { endpoint }),
    ...(region === null ? {} : { region }),
    forcePathStyle: pathStyle,
    maxAttempts: attempts,
    // Checksums behind the body are something that many other servers do not know; the signature covers the body there.
    ...(endpoint === null
      ? {}
      : { requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' }),
    requestHandler: {
      connectionTimeout: connectMs,
      requestTimeout: answerMs,
      throwOnRequestTimeout: true,
      socketTimeout: silenceMs,
      httpAgent: agent,
      httpsAgent: agent,
      logger: sdkLog(log),
    },
    ...more,
  });
}

/** The SDK writes to the console what nobody takes from it. */
function sdkLog(log: Logger) {
  const told = (level: 'debug' | 'warn' | 'error') => (text: unknown) => log[level]({}, `S3: ${text}`);
  return {
    trace: told('debug'),
    debug: told('debug'),
    info: told('debug'),
    warn: told('warn'),
    error: told('error'),
  };
}
