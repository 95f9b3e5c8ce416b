import { randomUUID } from 'node:crypto';
import type { ExecutionResult, FormattedExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { Composed } from '../compose.js';
import type { Caller } from '../context.js';
import { tellError } from '../graphql-errors.js';

/** Each operation on a socket is a request with an id of its own; its errors are told as over HTTP. */
export class Requests {
  /** By the message that asked for the operation: it is all that graphql-ws hands back with an error. */
  private readonly ids = new WeakMap<SubscribePayload, string>();

  constructor(private readonly composed: Composed) {}

  begin(payload: SubscribePayload, caller: Caller): Caller {
    const requestId = randomUUID();
    this.ids.set(payload, requestId);
    return { ...caller, requestId };
  }

  told(payload: SubscribePayload, { errors, ...result }: ExecutionResult): FormattedExecutionResult {
    return errors ? { ...result, errors: this.toldErrors(payload, errors) } : result;
  }

  toldErrors(payload: SubscribePayload, errors: readonly GraphQLError[]): GraphQLFormattedError[] {
    const { config, services } = this.composed;
    // What never was an operation, because its socket was closing, has none.
    const requestId = this.ids.get(payload) ?? randomUUID();
    const telling = { log: services.log, requestId, hideSuggestions: !config.introspection };
    return errors.map((error) => tellError(error.toJSON(), error, telling));
  }
}
