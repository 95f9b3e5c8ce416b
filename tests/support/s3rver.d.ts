/** As far as the tests use it: it brings no types of its own. */
declare module 's3rver' {
  import type { IncomingMessage, ServerResponse } from 'node:http';
  import type { Readable } from 'node:stream';

  interface Stored {
    readonly size: number;
    readonly md5: string;
  }

  interface Listed {
    readonly objects: ReadonlyArray<{
      readonly key: string;
      readonly lastModifiedDate: Date;
      readonly size: number;
    }>;
    readonly isTruncated: boolean;
  }

  export interface Store {
    getBucket(bucket: string): Promise<object | null>;
    listObjects(
      bucket: string,
      options: { prefix: string; startAfter: string; maxKeys: number },
    ): Promise<Listed>;
    putBucket(bucket: string): Promise<unknown>;
    putObject(object: { content: Readable }): Promise<Stored>;
    putPart(bucket: string, uploadId: string, part: string, content: Readable): Promise<Stored>;
    /** The folder of a bucket in which uploads in parts lie, each in one of its own. */
    getResourcePath(bucket: string, key: undefined, resource: 'uploads'): string;
  }

  // biome-ignore lint/style/noDefaultExport: the package has it so
  export default class S3rver {
    constructor(options: { directory: string; silent: boolean; vhostBuckets: boolean });
    readonly store: Store;
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
  }
}
