import type { QuotaPeriod } from './usage';

const DAY_MS = 86_400_000;

/** A UTC day as in ISO 8601, such as `2026-01-31`. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** The day that follows by so many days, or precedes if `days` is negative. */
export function addDays(day: string, days: number): string {
  return dayOf(new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS));
}

/** Days from `begins`, inclusive, to `ends`, exclusive. */
export interface Period {
  begins: string;
  ends: string;
}

/** The UTC day or calendar month that a day is in. */
export function periodOf(per: QuotaPeriod, day: string): Period {
  if (per === 'day') return { begins: day, ends: addDays(day, 1) };
  const begins = `${day.slice(0, 7)}-01`;
  return { begins, ends: `${addDays(begins, 31).slice(0, 7)}-01` };
}
