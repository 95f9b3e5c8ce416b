import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  type MultipartUpload,
  type S3Client,
} from '@aws-sdk/client-s3';
import { isKey } from '../../kernel/files.js';
import type { S3Outage } from './s3-outage.js';
import type { S3Place } from './s3-url.js';

/** Ends uploads in parts that were begun before a moment, and returns how many there were. */
export async function endUnfinished(
  client: S3Client,
  { bucket, prefix }: S3Place,
  before: Date,
  outage: S3Outage,
): Promise<number> {
  let count = 0;
  for await (const { Key = '', UploadId, Initiated } of unfinishedIn(client, { bucket, prefix }, outage)) {
    // The bucket may hold others' uploads too.
    if (!isKey(Key.slice(prefix.length)) || !Initiated || Initiated >= before) continue;
    const command = new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId });
    await outage.watch(() => client.send(command).catch(ifNone));
    count++;
  }
  return count;
}

async function* unfinishedIn(
  client: S3Client,
  { bucket, prefix }: Pick<S3Place, 'bucket' | 'prefix'>,
  outage: S3Outage,
): AsyncGenerator<MultipartUpload> {
  let next: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | null = {};
  while (next) {
    const command: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
      Bucket: bucket,
      Prefix: prefix,
      ...next,
    });
    const page: ListMultipartUploadsCommandOutput | null = await outage.watch(() =>
      client.send(command).catch(ifUnknown),
    );
    if (!page) return;
    yield* page.Uploads ?? [];
    next = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
      : null;
  }
}

/** There are servers that do not tell: those that matter end such uploads by themselves. */
function ifUnknown(error: unknown): null {
  if ((error as { name?: unknown }).name === 'NotImplemented') return null;
  throw error;
}

/** It was completed, or ended by another, in between. */
function ifNone(error: unknown): void {
  if ((error as { name?: unknown }).name !== 'NoSuchUpload') throw error;
}
