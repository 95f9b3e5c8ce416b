/** A calendar day of UTC as ISO 8601, "2026-11-22": as texts, days sort as they follow each other. */
export type Day = string;

export const DAY_MS = 24 * 60 * 60_000;

export function dayOf(moment: Date): Day {
  return moment.toISOString().slice(0, 10);
}

/** Its first millisecond. */
export function startOf(day: Day): number {
  return Date.parse(`${day}T00:00:00.000Z`);
}

/** The day so many days later; earlier, where the number is negative. */
export function daysAfter(day: Day, days: number): Day {
  return dayOf(new Date(startOf(day) + days * DAY_MS));
}

/** Every day from one to another, both included, oldest first. */
export function daysBetween(from: Day, to: Day): Day[] {
  const days: Day[] = [];
  for (let day = from; day <= to; day = daysAfter(day, 1)) days.push(day);
  return days;
}

/** Whether a text is a day of the calendar, from year 1 on: there was no year 0. */
export function isDay(text: string): text is Day {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || text < '0001') return false;
  const start = startOf(text);
  return !Number.isNaN(start) && dayOf(new Date(start)) === text;
}

export function earlierOf(one: Day, other: Day): Day {
  return [one, other].sort()[0] as Day;
}

export function laterOf(one: Day, other: Day): Day {
  return [one, other].sort()[1] as Day;
}
