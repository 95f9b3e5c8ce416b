import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { watchEventLoop } from './event-loop.js';
import { OperationNames } from './operation-names.js';
import { type Pulled, pull } from './pulled.js';

/** Requests, operations and jobs: from what nobody notices to what is cut off. Seconds. */
const LATENCIES = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const STATEMENTS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
const RUNS = [0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export interface OperationRun {
  readonly type: string;
  readonly name: string | null | undefined;
  readonly transport: 'http' | 'websocket';
  readonly isGood: boolean;
  readonly seconds: number;
}

/**
 * The metrics of one composed system: a registry of its own, for a process may hold several. Nothing of a person is in a
 * label, and nothing that a client can choose without bound.
 */
export class Metrics {
  readonly registry = new Registry();
  private readonly names = new OperationNames((name) => this.forget(name));
  private readonly stopEventLoop: () => void;

  private readonly requests = this.counter('http_requests_total', 'HTTP requests answered.', [
    'method',
    'route',
    'status',
  ]);
  private readonly requestSeconds = this.histogram(
    'http_request_duration_seconds',
    'From the head of a request to the end of its answer.',
    ['route'],
    LATENCIES,
  );
  private readonly operations = this.counter('graphql_operations_total', 'GraphQL operations run.', [
    'type',
    'name',
    'transport',
    'outcome',
  ]);
  private readonly operationSeconds = this.histogram(
    'graphql_operation_duration_seconds',
    'How long GraphQL operations took; of a subscription, until it followed its source.',
    ['type', 'name'],
    LATENCIES,
  );
  private readonly errors = this.counter('errors_total', 'Errors that clients were told, by code.', ['code']);
  private readonly statementSeconds = this.histogram(
    'sql_statement_duration_seconds',
    'From the sending of an SQL statement to its answer.',
    ['kind'],
    STATEMENTS,
  );
  private readonly statementFailures = this.counter(
    'sql_statement_failures_total',
    'SQL statements that failed.',
    ['kind'],
  );
  private readonly retries = this.counter(
    'sql_transaction_retries_total',
    'Transactions begun again: they had collided, or lost their connection.',
    [],
  );
  private readonly refusals = this.counter(
    'rate_limit_refusals_total',
    'What was refused because too much of it was asked for, by rule.',
    ['rule'],
  );
  private readonly uploads = this.counter('upload_bytes_total', 'Bytes of files that were received.', []);
  private readonly uploadFiles = this.counter('upload_files_total', 'Files that were received.', []);
  private readonly mails = this.counter('mail_attempts_total', 'Attempts at handing a mail over.', [
    'outcome',
  ]);
  private readonly socketCloses = this.counter('socket_closes_total', 'WebSockets closed, by close code.', [
    'code',
  ]);
  private readonly events = this.counter(
    'subscription_events_total',
    'Events of subscriptions that were executed, by field; equal subscribers have one execution.',
    ['field'],
  );
  private readonly deliverySeconds = this.histogram(
    'stream_delivery_delay_seconds',
    'From the writing of an entry of a stream to its being handed to those who follow it on this node.',
    ['stream'],
    LATENCIES,
  );
  private readonly jobRuns = this.counter('job_runs_total', 'Runs of jobs by this process.', [
    'job_name',
    'outcome',
  ]);
  private readonly jobThings = this.counter('job_done_total', 'Things that jobs did in this process.', [
    'job_name',
  ]);
  private readonly jobSeconds = this.histogram(
    'job_duration_seconds',
    'How long runs of jobs took in this process.',
    ['job_name'],
    RUNS,
  );

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.stopEventLoop = watchEventLoop(this);
  }

  /** Adds metrics that are read when somebody asks. Names are given without the prefix that all have. */
  pull(...metrics: readonly Pulled[]): void {
    for (const metric of metrics) pull(this.registry, { ...metric, name: prefixed(metric.name) });
  }

  requestAnswered(method: string, route: string, status: number, seconds: number): void {
    this.requests.inc({ method, route, status });
    this.requestSeconds.observe({ route }, seconds);
  }

  operationRan({ type, name: given, transport, isGood, seconds }: OperationRun): void {
    const name = this.names.labelOf(given, isGood);
    this.operations.inc({ type, name, transport, outcome: isGood ? 'ok' : 'error' });
    this.operationSeconds.observe({ type, name }, seconds);
  }

  errorTold(code: string): void {
    this.errors.inc({ code });
  }

  statementRan(kind: string, seconds: number, failed: boolean): void {
    this.statementSeconds.observe({ kind }, seconds);
    if (failed) this.statementFailures.inc({ kind });
  }

  transactionRetried(): void {
    this.retries.inc();
  }

  limitRefused(rule: string): void {
    this.refusals.inc({ rule });
  }

  fileReceived(bytes: number): void {
    this.uploadFiles.inc();
    this.uploads.inc(bytes);
  }

  mailTried(outcome: 'sent' | 'failed'): void {
    this.mails.inc({ outcome });
  }

  socketClosed(code: string): void {
    this.socketCloses.inc({ code });
  }

  eventExecuted(field: string): void {
    this.events.inc({ field });
  }

  entryDelivered(stream: string, seconds: number): void {
    this.deliverySeconds.observe({ stream }, seconds);
  }

  /** The label is not `job`: Prometheus has one of its own of that name. */
  jobRan(job: string, seconds: number, done: number | null): void {
    const job_name = job;
    this.jobRuns.inc({ job_name, outcome: done === null ? 'failed' : 'ok' });
    this.jobSeconds.observe({ job_name }, seconds);
    this.jobThings.inc({ job_name }, done ?? 0);
  }

  /** In Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  close(): void {
    this.stopEventLoop();
  }

  private counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name: prefixed(name), help, labelNames, registers: [this.registry] });
  }

  private histogram(name: string, help: string, labelNames: string[], buckets: number[]): Histogram {
    return new Histogram({ name: prefixed(name), help, labelNames, buckets, registers: [this.registry] });
  }

  /** The name of an operation has gone to another one; its series would stay for ever. */
  private forget(name: string): void {
    for (const type of ['query', 'mutation', 'subscription']) {
      this.operationSeconds.remove({ type, name });
      for (const transport of ['http', 'websocket']) {
        for (const outcome of ['ok', 'error']) this.operations.remove({ type, name, transport, outcome });
      }
    }
  }
}

function prefixed(name: string): string {
  return `carnegotiate_${name}`;
}
