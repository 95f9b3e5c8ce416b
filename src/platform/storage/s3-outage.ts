import type { Logger } from '../../kernel/ports.js';
import { markUnavailable } from '../../kernel/unavailable.js';

/** S3 did not do what it was asked. Nobody has to know more of it than who keeps it: the log has it whole. */
export class StorageAway extends Error {
  constructor(cause: unknown) {
    super('The storage did not do what it was asked', { cause });
    this.name = 'StorageAway';
    markUnavailable(this, 'AWAY');
  }
}

/** What whoever runs this may look at first, by the error's name or its status. */
const HINTS: Readonly<Record<string, string>> = {
  NoSuchBucket: 'there is no such bucket',
  NotFound: 'there is no such bucket',
  AccessDenied: 'the bucket refuses our keys: see docs/uploads.md for what they have to be allowed',
  Forbidden: 'the bucket refuses our keys: see docs/uploads.md for what they have to be allowed',
  InvalidAccessKeyId: 'the access key is unknown there',
  SignatureDoesNotMatch:
    'the secret key is not that of the access key, or a proxy changes requests on their way',
  RequestTimeTooSkewed: 'the clock of this machine is wrong',
  PermanentRedirect: 'the bucket is in another region: set region in STORAGE_URL',
  AuthorizationHeaderMalformed: 'the bucket is in another region: set region in STORAGE_URL',
  CredentialsProviderError:
    'there are no keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role',
  TimeoutError: 'it does not answer',
};

/** Knows whether S3 does what it is asked, and tells of each outage once, and of its end. */
export class S3Outage {
  private isAway = false;

  constructor(
    private readonly bucket: string,
    private readonly log: Logger,
  ) {}

  /** Runs what asks S3 for something. What it throws is told, and thrown as StorageAway; but for what is `another` matter. */
  async watch<T>(work: () => Promise<T>, another: (error: unknown) => boolean = isAbort): Promise<T> {
    try {
      const answer = await work();
      this.end();
      return answer;
    } catch (error) {
      if (another(error)) throw error;
      this.begin(error);
      throw new StorageAway(error);
    }
  }

  private begin(error: unknown): void {
    if (this.isAway) return;
    this.isAway = true;
    const { name, code, message } = error as { name?: string; code?: string; message?: string };
    const hint = HINTS[name ?? ''] ?? code ?? message;
    this.log.error({ err: error, bucket: this.bucket }, `the S3 storage cannot be used: ${hint}`);
  }

  private end(): void {
    if (!this.isAway) return;
    this.isAway = false;
    this.log.info({ bucket: this.bucket }, 'the S3 storage is back');
  }
}

/** Whoever asked has gone: nothing was wrong with S3. */
function isAbort(error: unknown): boolean {
  return (error as { name?: unknown }).name === 'AbortError';
}

/** There is no such object. That there is no such bucket is something else. */
export function isMissing(error: unknown): boolean {
  const { name } = error as { name?: unknown };
  return name === 'NoSuchKey' || name === 'NotFound';
}
