import { type Day, daysAfter, daysBetween } from '../../../kernel/days.js';
import { InputCheck } from '../../../kernel/text.js';
import { type Figure, figures, type Stretch } from '../daily/figures.statement.js';

/** Days that are shown where nobody says which, today included. */
export const USUAL_DAYS = 30;

/** A leap year. */
export const MAX_DAYS = 366;

/** The days that the arguments ask for. BAD_USER_INPUT for days to come, for none, and for more than a year. */
export function rangeOf(args: { from?: Day | null; to?: Day | null }, today: Day): Stretch {
  const to = args.to ?? today;
  const from = args.from ?? daysAfter(to, 1 - USUAL_DAYS);
  const check = new InputCheck();
  check.ensure(to <= today, 'to', `Ensure this date is not after today, ${today}.`);
  if (args.from && from > today) check.fault('from', `Ensure this date is not after today, ${today}.`);
  else if (from > to) check.fault('from', `Ensure this date is not after ${to}, the last one.`);
  else if (daysAfter(from, MAX_DAYS) <= to) check.fault('from', `Ensure there are at most ${MAX_DAYS} days.`);
  check.done();
  return { from, to };
}

export interface DailyCounts extends Record<Figure, number> {
  readonly day: Day;
}

/** One list for each figure with an entry for each day, oldest first; a day that nothing is known of has zeros. */
export function seriesOf(counted: readonly DailyCounts[], { from, to }: Stretch) {
  const byDay = new Map(counted.map((counts) => [counts.day, counts]));
  const days = daysBetween(from, to);
  const listOf = (figure: Figure) => days.map((day) => ({ date: day, count: byDay.get(day)?.[figure] ?? 0 }));
  return Object.fromEntries(figures.map((figure) => [figure, listOf(figure)])) as Record<
    Figure,
    Array<{ date: Day; count: number }>
  >;
}

/** Agreements for each view; null without views. */
export function conversionOf(counted: readonly DailyCounts[]): number | null {
  const sum = (figure: Figure) => counted.reduce((total, counts) => total + counts[figure], 0);
  const views = sum('views');
  return views === 0 ? null : sum('agreements') / views;
}
