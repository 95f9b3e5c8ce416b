import { Readable } from 'node:stream';
import type { PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { S3Outage } from './s3-outage.js';

/** The smallest that S3 takes for a part that is not the last. */
const PART_BYTES = 5 * 1024 * 1024;

/**
 * Sends a stream of unknown length: in one request what fits into a part, in parts what does not, one after the other.
 * The object is there when the last of them is; of what fails the parts are removed.
 */
export async function uploadTo(
  client: S3Client,
  params: PutObjectCommandInput,
  content: Readable,
  outage: S3Outage,
): Promise<{ sizeBytes: number }> {
  let sizeBytes = 0;
  const counted = async function* () {
    for await (const piece of content) {
      sizeBytes += Buffer.byteLength(piece);
      yield piece;
    }
  };
  const upload = new Upload({
    client,
    params: { ...params, Body: Readable.from(counted()) },
    partSize: PART_BYTES,
    queueSize: 1,
  });
  await outage.watch(
    () => upload.done(),
    // It is no fault of S3 that the file could not be read.
    (error) => error === content.errored,
  );
  return { sizeBytes };
}
