import { useSyncExternalStore } from 'react';

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** A time in the viewer's zone; `relative` says how long ago or ahead it is, `clock` leaves the day out. UTC is shown on hover. */
export function Time({ at, as = 'moment' }: { at: string; as?: 'moment' | 'clock' | 'relative' }) {
  const now = useNow(as === 'relative' ? 1_000 : undefined);
  const date = new Date(at);
  const local = as === 'clock' ? CLOCK.format(date) : MOMENT.format(date);
  return (
    <time dateTime={at} title={`${MOMENT.format(date)} (${at.slice(0, 19).replace('T', ' ')} UTC)`}>
      {as === 'relative' ? relativeText(date.getTime() - now) : local}
    </time>
  );
}

/** A time in the viewer's zone, for places that take a text only. */
export function momentText(at: string): string {
  return MOMENT.format(new Date(at));
}

/** The present time, updated each `interval` milliseconds, at most once a second; not at all without an interval. */
export function useNow(interval?: number): number {
  return useSyncExternalStore(interval === undefined ? never : everySecond, currentSecond);
}

/** How far a moment is away, in words: "in 3 minutes", "2 hours ago". */
export function relativeText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  // The largest unit of which there are two: rounding a single one would be too coarse for a deadline.
  const [unit, size] = UNITS.find(([, each]) => Math.round(Math.abs(seconds) / each) >= 2) ?? ['second', 1];
  return RELATIVE.format(Math.round(seconds / size), unit);
}

let second = currentTime();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function currentTime(): number {
  return Math.floor(Date.now() / 1000) * 1000;
}

function currentSecond(): number {
  // Without a listener nothing else moves it on.
  if (timer === undefined) second = currentTime();
  return second;
}

/** One clock for everything on the page that shows passing time. */
function everySecond(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    second = currentTime();
    for (const each of listeners) each();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function never(): () => void {
  return () => undefined;
}
