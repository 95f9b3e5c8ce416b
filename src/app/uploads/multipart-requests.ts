import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import { type Upload as Arrival, processRequest } from 'graphql-upload-minimal';
import { requireViewer } from '../../kernel/authorize.js';
import { AppError } from '../../kernel/errors.js';
import { authenticate } from '../../modules/accounts/module.js';
import type { Composed } from '../compose.js';
import { authorizationHeader, bearerOf } from '../context.js';
import { rooms } from '../rooms.js';
import { type Bounds, boundsOf, type FileBytes } from './bounds.js';
import { Crowd } from './crowd.js';
import { maxFileBytes } from './file-weight.js';
import { receiveFiles, refusalOf } from './files.js';
import { letGo } from './let-go.js';
import { MultipartBody } from './multipart-body.js';
import { malformed, type Place, placesIn } from './places.js';
import { readBeginning } from './preamble.js';

/** A request whose operation is known and whose files are on their way. */
interface Arriving {
  readonly body: MultipartBody;
  readonly places: readonly Place[];
}

/** What becomes of a multipart request, step by step. */
export class MultipartRequests {
  private readonly arriving = new WeakMap<FastifyRequest, Arriving>();
  private readonly crowd = new Crowd();
  private readonly bounds: Bounds;
  private readonly fileBytes: FileBytes;

  constructor(private readonly composed: Composed) {
    this.fileBytes = Object.assign({}, ...rooms.map((room) => room.fileBytes?.(composed.config)));
    this.bounds = boundsOf(composed.config, this.fileBytes);
  }

  /** Before any of it is read: a page of somewhere else, a stranger, and what is too large anyway, send in vain. */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { headers, raw } = request;
    // A browser sends multipart forms of any page to anywhere, but such a header only after it has asked (CORS).
    if (!headers['apollo-require-preflight'] && !headers['x-apollo-operation-name']) {
      throw new AppError(
        'BAD_USER_INPUT',
        'A multipart request wants the header apollo-require-preflight, with any value.',
      );
    }
    const token = bearerOf(authorizationHeader(raw));
    const { id } = requireViewer(await authenticate(this.composed.services, token));
    if (Number(headers['content-length'] ?? 0) > this.bounds.request) {
      throw new AppError('PAYLOAD_TOO_LARGE', 'The request is too large.');
    }
    // It may have gone in the meantime, and nobody would give up its place.
    if (reply.raw.destroyed) throw malformed('it is cut short');
    reply.raw.once('close', this.crowd.enter(id));
  }

  /** Reads the operation, and no more: `request.body` has a stand-in for each of the files. */
  async readOperation(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { raw } = request;
    const { beginning: maxBeginning, files: maxFiles, parser } = this.bounds;
    const beginning = await readBeginning(raw, { headers: raw.headers, ...parser }, maxBeginning);
    const places = placesIn(beginning, maxFiles);
    const body = new MultipartBody(raw, beginning, this.bounds.request);
    this.arriving.set(request, { body, places });
    const { fieldSize: maxFieldSize, fileSize: maxFileSize } = parser.limits;
    const options = { maxFieldSize, maxFileSize, maxFiles };
    // What the library asks of a request, a stream with headers has too.
    request.body = await processRequest(body as unknown as IncomingMessage, reply.raw, options).catch(
      (error: Error) => {
        throw refusalOf(body.errored ?? error);
      },
    );
  }

  /** A handler that runs when all files are there; they are gone when it has run. */
  withFiles(handler: RouteHandlerMethod): RouteHandlerMethod {
    const { arriving, bounds, composed, fileBytes } = this;
    return function receive(request, reply) {
      const found = arriving.get(request);
      if (!found) return handler.call(this, request, reply);
      return composed.services.workspaces.with(async (directory) => {
        const placed = found.places.map((place) => [place, valueAt(request.body, place) as Arrival] as const);
        const arrivals = new Set(placed.map(([, arrival]) => arrival));
        const maxBytes = maxFileBytes(request.body, fileBytes, bounds.file);
        const files = await receiveFiles(found.body, arrivals, directory, maxBytes);
        for (const { sizeBytes } of files.values()) composed.eyes.metrics?.fileReceived(sizeBytes);
        for (const [place, arrival] of placed) putAt(request.body, place, files.get(arrival));
        // Its answer may take minutes where the client wants to wait for what is in a file.
        request.raw.socket.setTimeout(0);
        return handler.call(this, request, reply);
      });
    };
  }

  /** The answer is about to be sent. */
  release(request: FastifyRequest): void {
    this.arriving.get(request)?.body.destroy();
    // Who never takes the answer does not hold the line for ever.
    request.raw.socket.setTimeout(request.server.server.timeout);
    letGo(request.raw);
  }
}

function valueAt(operation: unknown, place: Place): unknown {
  return place.reduce((at, key) => (at as Record<string, unknown>)[key], operation);
}

function putAt(operation: unknown, place: Place, value: unknown): void {
  const holder = valueAt(operation, place.slice(0, -1)) as Record<string, unknown>;
  holder[place.at(-1) as string] = value;
}
