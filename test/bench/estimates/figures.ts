import { percentile, tenths } from '../../load/report/statistics';
import type { Judged } from './replay';
import { THIRDS } from './replay';
import type { Recording } from './recording';

/** Shares of the runs that must end within the late time. Above, the late time says more than it needs to. */
export const BOUNDS = { least: 0.85, most: 0.95 };

/** How good the estimates were at one third of the way. */
export interface ThirdFigures {
  third: string;
  runs: number;
  /** Of these, how many had an estimate. */
  estimated: number;
  /** Share of the estimated runs that ended within the late, and within the likely time. */
  withinLate: number;
  /** The same of the later half of the runs alone. */
  withinLateInLaterHalf: number;
  withinLikely: number;
  /** Medians, in seconds: what was still to come, and how far the likely time was off. */
  tookSeconds: number;
  offSeconds: number;
}

/** All results, for docs/figures/estimates.json. */
export interface EstimateFigures {
  recorded: Pick<Recording, 'date' | 'commit' | 'machine' | 'seed' | 'sideBySide'>;
  runs: number;
  ended: number;
  /** Number of earlier runs that counted at most. */
  most: number;
  bounds: typeof BOUNDS;
  thirds: ThirdFigures[];
}

const NAMES = ['at acceptance', 'after a third', 'after two thirds'];

/** Sums up what a replay has judged. */
export function figuresOf(
  { runs, date, commit, machine, seed, sideBySide }: Recording,
  { judged, most }: { judged: readonly Judged[]; most: number },
): EstimateFigures {
  return {
    recorded: { date, commit, machine, seed, sideBySide },
    runs: runs.length,
    ended: runs.filter(({ status }) => status === 'active').length,
    most,
    bounds: BOUNDS,
    thirds: THIRDS.map((_, third) =>
      thirdFigures(
        NAMES[third]!,
        judged.filter((each) => each.third === third),
      ),
    ),
  };
}

/** Whether the late time held as often as it is to. */
export function holds({ withinLate }: ThirdFigures): boolean {
  return withinLate >= BOUNDS.least && withinLate <= BOUNDS.most;
}

/** The figures as lines of text. */
export function figuresText({ runs, ended, thirds }: EstimateFigures): string[] {
  return [
    `${runs} recorded runs, ${ended} of them succeeded`,
    ...thirds.map((figures) => {
      const { third, estimated, withinLate, withinLateInLaterHalf, withinLikely, tookSeconds, offSeconds } = figures;
      const late = `late time held for ${percent(withinLate)}, in the later half ${percent(withinLateInLaterHalf)}`;
      const likely = `likely time for ${percent(withinLikely)}, off by ${offSeconds} s of ${tookSeconds} s`;
      return `${holds(figures) ? 'ok    ' : 'NOT OK'} ${third.padEnd(17)} ${estimated} estimates: ${late}; ${likely}`;
    }),
  ];
}

/** A share as a percentage with one decimal. */
export function percent(share: number): string {
  return `${tenths(share * 100)} %`;
}

function thirdFigures(third: string, judged: readonly Judged[]): ThirdFigures {
  const estimated = judged.flatMap(({ estimate, tookSeconds, late }) =>
    estimate ? [{ ...estimate, tookSeconds, late }] : [],
  );
  const later = estimated.filter(({ late }) => late);
  const share = (of: typeof estimated, holds: (each: (typeof estimated)[number]) => boolean): number =>
    Math.round((of.filter(holds).length / Math.max(1, of.length)) * 1000) / 1000;
  const isWithinLate = ({ lateSeconds, tookSeconds }: (typeof estimated)[number]): boolean =>
    tookSeconds <= lateSeconds;
  return {
    third,
    runs: judged.length,
    estimated: estimated.length,
    withinLate: share(estimated, isWithinLate),
    withinLateInLaterHalf: share(later, isWithinLate),
    withinLikely: share(estimated, ({ likelySeconds, tookSeconds }) => tookSeconds <= likelySeconds),
    tookSeconds: tenths(
      percentile(
        estimated.map((each) => each.tookSeconds),
        0.5,
      ),
    ),
    offSeconds: tenths(
      percentile(
        estimated.map((each) => Math.abs(each.tookSeconds - each.likelySeconds)),
        0.5,
      ),
    ),
  };
}
