import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import pLimit from 'p-limit';
import { currentDeadline } from '../../kernel/deadline.js';
import { contentTypeOf, type Folder, isKey } from '../../kernel/files.js';
import type { Clock, Logger, Storage, StoredFile } from '../../kernel/ports.js';
import { cachingOf, dispositionOf } from './file-headers.js';
import { type PatienceByUse, type S3Clients, s3Clients } from './s3-clients.js';
import { isMissing, S3Outage } from './s3-outage.js';
import { endUnfinished } from './s3-unfinished.js';
import { uploadTo } from './s3-upload.js';
import type { S3Place } from './s3-url.js';

export interface S3StorageSettings {
  readonly place: S3Place;
  /** Where public files are reached: a CDN, or `/media` of this server. Without a slash at the end. */
  readonly mediaUrl: string;
  /** How long a link to a private file is good. */
  readonly signedLinkTtlMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long S3 is waited for, if not as usual. */
  readonly patience?: PatienceByUse;
}

/** What S3 tells of a file. */
export interface FileFacts {
  readonly sizeBytes: number;
  readonly etag: string;
  readonly lastModified: Date;
}

/** Of a file, from one byte to another, both included. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** Each holds up to two parts in memory, whatever waits behind it: so much may all uploads of a process cost. */
const PUTS_AT_ONCE = 4;

/** What of a file is read at a time. */
const PIECE_BYTES = 1024 * 1024;

/** Load balancers ask every few seconds, of each node. */
const PROBED_EVERY_MS = 5_000;

/** Files in a bucket of S3, or of what speaks it (docs/adr/0018). */
export class S3Storage implements Storage {
  readonly kind = 'bucket';
  private readonly clients: S3Clients;
  private readonly outage: S3Outage;
  private readonly inTurn = pLimit(PUTS_AT_ONCE);
  private probed: { readonly at: number; readonly answer: Promise<boolean> } | undefined;

  constructor(private readonly settings: S3StorageSettings) {
    this.clients = s3Clients(settings.place, settings.log, settings.patience);
    this.outage = new S3Outage(settings.place.bucket, settings.log);
  }

  async put(key: string, content: Readable, contentType: string): Promise<{ sizeBytes: number }> {
    const params = {
      ...this.at(key),
      // Nothing of a canned ACL: buckets that know none refuse it, and without it an object is private.
      ContentType: contentType,
      ContentDisposition: dispositionOf(key),
      CacheControl: cachingOf(key),
    };
    // What becomes of it while it waits for its turn is seen when it is read.
    content.on('error', () => undefined);
    const deadline = currentDeadline();
    try {
      return await this.inTurn(async () => {
        deadline?.check();
        return await uploadTo(this.clients.files, params, content, this.outage);
      });
    } finally {
      content.destroy();
    }
  }

  /** Read piece by piece, each whole at once: who takes a minute over some rows keeps no line open meanwhile. */
  async open(key: string): Promise<StoredFile | null> {
    const facts = await this.facts(key);
    if (!facts) return null;
    const stream = Readable.from(this.pieces(key, facts), { objectMode: false });
    return { stream, sizeBytes: facts.sizeBytes };
  }

  private async *pieces(key: string, { sizeBytes, etag }: FileFacts): AsyncGenerator<Buffer> {
    for (let from = 0; from < sizeBytes; from += PIECE_BYTES) {
      const to = Math.min(from + PIECE_BYTES, sizeBytes) - 1;
      const piece = new GetObjectCommand({ ...this.at(key), Range: `bytes=${from}-${to}`, IfMatch: etag });
      const bytes = await this.outage.watch(async () => {
        const { Body } = await this.clients.files.send(piece);
        return Body?.transformToByteArray() ?? new Uint8Array();
      });
      yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
  }

  async delete(key: string): Promise<void> {
    const command = new DeleteObjectCommand(this.at(key));
    await this.outage.watch(() => this.clients.files.send(command));
  }

  async *list(folder: Folder): AsyncIterable<{ key: string; storedAt: Date }> {
    const { bucket, prefix } = this.settings.place;
    let next: string | undefined;
    do {
      const command = new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: `${prefix}${folder}/`,
        ContinuationToken: next,
      });
      const page = await this.outage.watch(() => this.clients.files.send(command));
      for (const { Key = '', LastModified } of page.Contents ?? []) {
        const key = Key.slice(prefix.length);
        if (isKey(key) && LastModified) yield { key, storedAt: LastModified };
      }
      next = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (next);
  }

  publicUrl(key: string): string {
    return `${this.settings.mediaUrl}/${key}`;
  }

  async signedUrl(key: string): Promise<string> {
    const { clock, signedLinkTtlMs } = this.settings;
    const command = new GetObjectCommand({
      ...this.at(key),
      // Signed with the rest: whoever has the link cannot make a page of the file.
      ResponseContentType: contentTypeOf(key),
      ResponseContentDisposition: dispositionOf(key),
      ResponseCacheControl: cachingOf(key),
    });
    const signed = () =>
      getSignedUrl(this.clients.signer, command, {
        expiresIn: Math.floor(signedLinkTtlMs / 1_000),
        signingDate: clock.now(),
      });
    return this.outage.watch(signed);
  }

  /** What is known of a file; null where there is none. */
  async facts(key: string, signal?: AbortSignal): Promise<FileFacts | null> {
    const command = new HeadObjectCommand(this.at(key));
    return this.outage.watch(() =>
      this.clients.media.send(command, { abortSignal: signal }).then(factsOf, ifMissing),
    );
  }

  /** A file, or a part of it, as it comes; null where there is none. Who gets a stream reads it or destroys it. */
  async stream(key: string, range: ByteRange | null, signal: AbortSignal) {
    const command = new GetObjectCommand({
      ...this.at(key),
      ...(range ? { Range: `bytes=${range.from}-${range.to}` } : {}),
    });
    const streamOf = (output: GetObjectCommandOutput) => ({
      ...factsOf(output),
      stream: output.Body as Readable,
    });
    return this.outage.watch(() =>
      this.clients.media.send(command, { abortSignal: signal }).then(streamOf, ifMissing),
    );
  }

  /** Whether the bucket is there and ours to use. Asked at most every few seconds, however many want to know. */
  async isUp(): Promise<boolean> {
    const now = performance.now();
    if (!this.probed || now - this.probed.at > PROBED_EVERY_MS)
      this.probed = { at: now, answer: this.probe() };
    return this.probed.answer;
  }

  private async probe(): Promise<boolean> {
    const command = new HeadBucketCommand({ Bucket: this.settings.place.bucket });
    return this.outage
      .watch(() => this.clients.probe.send(command))
      .then(
        () => true,
        () => false,
      );
  }

  /** Ends uploads that were begun before a moment and never completed: a process was killed over them. Returns how many. */
  sweep(before: Date): Promise<number> {
    return endUnfinished(this.clients.files, this.settings.place, before, this.outage);
  }

  close(): void {
    this.clients.close();
  }

  private at(key: string): ObjectName {
    if (!isKey(key)) throw new Error(`No key of ours: ${key}`);
    const { bucket, prefix } = this.settings.place;
    return { Bucket: bucket, Key: `${prefix}${key}` };
  }
}

interface ObjectName {
  readonly Bucket: string;
  readonly Key: string;
}

function factsOf(told: { ContentLength?: number; ETag?: string; LastModified?: Date }): FileFacts {
  return {
    sizeBytes: told.ContentLength ?? 0,
    etag: told.ETag ?? '',
    lastModified: told.LastModified ?? new Date(0),
  };
}

function ifMissing(error: unknown): null {
  if (isMissing(error)) return null;
  throw error;
}
