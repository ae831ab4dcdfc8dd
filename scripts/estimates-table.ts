import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { holds, percent, type EstimateFigures } from '../test/bench/estimates/figures';

/** Figures of the last replay that was kept. */
const ESTIMATES_FILE = join(__dirname, '../docs/figures/estimates.json');

/** The table of docs/estimates.md, from the recorded figures; a note if none have been recorded. */
export function estimatesTable(): [head: string[], rows: string[][]] {
  if (!existsSync(ESTIMATES_FILE)) return [['figure', 'value'], [['date', 'no run has been recorded yet']]];
  const { recorded, runs, ended, most, thirds } = JSON.parse(readFileSync(ESTIMATES_FILE, 'utf8')) as EstimateFigures;
  const { date, commit, machine, sideBySide } = recorded;
  return [
    ['figure', 'value'],
    [
      ['recorded on', `${date}, ${commit}, ${machine.cores} cores (${machine.processor}), Node ${machine.node}`],
      ['runs', `${runs}, ${sideBySide} at a time; ${ended} succeeded; the newest ${most} before each count`],
      ...thirds.map((figures) => {
        const { third, estimated, withinLate, withinLateInLaterHalf, withinLikely, tookSeconds, offSeconds } = figures;
        const all = holds(figures) ? percent(withinLate) : `**${percent(withinLate)}**`;
        const late = `late time held for ${all}, in the later half of the runs ${percent(withinLateInLaterHalf)}`;
        const likely = `likely time for ${percent(withinLikely)}, off by ${offSeconds} s of ${tookSeconds} s (medians)`;
        return [third, `${estimated} estimates: ${late}; ${likely}`];
      }),
    ],
  ];
}
