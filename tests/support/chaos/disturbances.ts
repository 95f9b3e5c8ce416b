import { pause } from '../live.js';
import type { Audience } from './audience.js';
import type { Writers } from './writers.js';

/** Something that goes wrong; when `strike` resolves, all that was taken away is back. */
export interface Disturbance {
  readonly name: string;
  /** Whether something is cut off in the middle: then a mail that was on its way may be sent again. */
  readonly isAbrupt: boolean;
  readonly strike: () => Promise<void>;
  /** Waits for the moment to strike. */
  readonly aim?: () => Promise<void>;
}

/** What one has cost. */
export interface Cost {
  readonly name: string;
  readonly isAbrupt: boolean;
  readonly from: number;
  /** When what had been taken away was back, and when everybody had all that there was. */
  readonly backAt: number;
  readonly to: number;
  /** Attempts beyond the first. */
  readonly retries: number;
  readonly resumes: number;
  /** Subscriptions that were told to ask again. */
  readonly postponed: number;
  /** The longest time in which no mutation at all was answered. */
  readonly silenceMs: number;
  /** The longest that one mutation took, all attempts together. */
  readonly slowestMs: number;
  /** The longest that one follower had no line. */
  readonly withoutLineMs: number;
  /** From a mutation's answer to its arrival at the last of its followers. */
  readonly deliveryMs: { readonly median: number; readonly slowest: number };
  readonly mutations: number;
}

/** Settles into what it was before: everybody has a line and all that there is. */
const REST_MS = 500;

/** Strikes, waits until all is as before, and tells what it has cost. */
export async function costOf(
  { name, isAbrupt, aim, strike }: Disturbance,
  writers: Writers,
  audience: Audience,
  resumed: () => Promise<void>,
): Promise<Cost> {
  await aim?.();
  const before = {
    sent: writers.sent.length,
    closes: audience.closes,
    postponed: audience.postponed,
  };
  const linesBefore = audience.all.map(({ gapsMs }) => gapsMs.length);
  const from = Date.now();
  await strike();
  const backAt = Date.now();
  await resumed();
  const to = Date.now();
  await pause(REST_MS);
  const sent = writers.sent.slice(before.sent);
  const gaps = audience.all.flatMap(({ gapsMs }, n) => gapsMs.slice(linesBefore[n]));
  const delays = sent.flatMap((each) => audience.delaysMs(each)).sort((a, b) => a - b);
  return {
    name,
    isAbrupt,
    from,
    backAt,
    to,
    retries: sent.reduce((sum, { attempts }) => sum + attempts - 1, 0),
    resumes: audience.closes - before.closes,
    postponed: audience.postponed - before.postponed,
    silenceMs: longestGap([from, ...sent.map(({ answeredAt }) => answeredAt)]),
    slowestMs: Math.max(0, ...sent.map(({ ms }) => ms)),
    withoutLineMs: Math.max(0, ...gaps),
    deliveryMs: { median: delays[Math.floor(delays.length / 2)] ?? 0, slowest: delays.at(-1) ?? 0 },
    mutations: sent.length,
  };
}

function longestGap(moments: readonly number[]): number {
  const sorted = [...moments].sort((a, b) => a - b);
  return Math.max(...sorted.map((at, index) => at - (sorted[index - 1] ?? at)));
}

/** As a table for people; all times in seconds. */
export function tableOf(costs: readonly Cost[]): string {
  const columns: Record<string, (cost: Cost) => string> = {
    '': ({ name }) => name,
    mutations: ({ mutations }) => `${mutations}`,
    retries: ({ retries }) => `${retries}`,
    resumes: ({ resumes }) => `${resumes}`,
    postponed: ({ postponed }) => `${postponed}`,
    'no answer': ({ silenceMs }) => seconds(silenceMs),
    'slowest answer': ({ slowestMs }) => seconds(slowestMs),
    'no line': ({ withoutLineMs }) => seconds(withoutLineMs),
    'median delivery': ({ deliveryMs }) => seconds(deliveryMs.median),
    'slowest delivery': ({ deliveryMs }) => seconds(deliveryMs.slowest),
    'away for': ({ from, backAt }) => seconds(backAt - from),
    'whole again after': ({ backAt, to }) => seconds(to - backAt),
  };
  const head = Object.keys(columns);
  const rows = costs.map((cost) => Object.values(columns).map((cell) => cell(cost)));
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0))).join('  ');
  return [head, ...rows].map(line).join('\n');
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(ms < 1_000 ? 2 : 1);
}

/** Figures for who reads the run's output. */
export function report(text: string): void {
  console.info(text);
}
