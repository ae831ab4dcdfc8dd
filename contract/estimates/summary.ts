import { FEWEST_SAMPLES, type RemainingTime } from './remaining';
import type { Wait } from './waits';
import { durationText } from './words';

const AHEAD: Record<Wait['for'], string> = {
  approver: 'An approver decides first, however long that takes.',
  operator: 'An operator decides first, however long that takes.',
  'grace-period': 'The grace period comes in between.',
  'legal-hold': 'The legal hold has to end first.',
};

/** An estimate in words. */
export function summaryOf(
  { duration, samples, outlasted }: RemainingTime,
  { regions, waitsFor, wait }: { regions: 'own' | 'all'; waitsFor: Wait['for'] | undefined; wait: Wait | undefined },
): string {
  const first = wait ? [wait.reason] : waitsFor ? [AHEAD[waitsFor]] : [];
  const where = regions === 'all' ? ' in all regions' : '';
  const basis = `${samples} earlier ${samples === 1 ? 'operation' : 'operations'} of this kind and plan${where}`;
  if (duration) {
    const after = wait ? 'After that, likely' : waitsFor ? 'The work itself takes likely' : 'Likely';
    const { likelySeconds, lateSeconds } = duration;
    return [
      ...first,
      `${after} ${durationText(likelySeconds)} more, 9 in 10 at most ${durationText(lateSeconds)}; from ${basis}${regions === 'all' ? ', since this region alone has too few' : ''}.`,
    ].join(' ');
  }
  const why = outlasted
    ? `A step has outlasted nearly all of the ${basis}, so they no longer say how long the rest takes.`
    : `No estimate: ${basis} ${samples === 1 ? 'is' : 'are'} too few (${FEWEST_SAMPLES} are needed).`;
  return [...first, why].join(' ');
}
