import type { Recurring } from '../state/objects';

/**
 * The end of a billing period that starts at `start` (both in unix seconds). As at Stripe, monthly periods end on the same day of the
 * month, or on the month's last day if it is shorter.
 */
export function periodEnd(
  start: number,
  { interval, interval_count: count }: Pick<Recurring, 'interval' | 'interval_count'>,
): number {
  const DAY = 86_400;
  if (interval === 'day') return start + count * DAY;
  if (interval === 'week') return start + count * 7 * DAY;
  const date = new Date(start * 1000);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + count * (interval === 'year' ? 12 : 1));
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return Math.floor(date.getTime() / 1000);
}
