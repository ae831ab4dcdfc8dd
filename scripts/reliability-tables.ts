import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { INVARIANTS, type InvariantId } from '../test/faults/checker/invariant';
import type { Report } from '../test/faults/report';

/** Where the last run's report is kept. */
export const RELIABILITY_FILE = join(__dirname, '../docs/reliability.json');

type Rows = [head: string[], rows: string[][]];

/** The tables of docs/reliability.md, from the kept report: what ran, what held, and what was done to it. Without one they say so. */
export const RELIABILITY_TABLES: Record<string, () => Rows> = {
  'reliability-run': () => {
    const report = kept();
    if (!report) return NONE;
    const { started, seconds, seed, commit, machine, extent, scenarios, plan, outcomes } = report;
    const orders = Object.entries(outcomes).map(([status, count]) => `${count} ${status}`);
    return [
      ['what', 'value'],
      [
        ['date', started.slice(0, 10)],
        ['commit', commit],
        ['machine', machine],
        ['extent', EXTENTS[extent] ?? `a sample, asked for with --minutes ${extent}`],
        ['seed', String(seed)],
        ['took', `${Math.round(seconds / 60)} minutes`],
        ['scenarios', `${scenarios} of the plan’s ${plan}`],
        ['orders', orders.join(', ')],
      ],
    ];
  },
  'reliability-invariants': () => {
    const report = kept();
    return [
      ['', 'invariant', 'checked', 'violated', 'by the control arm'],
      (Object.keys(INVARIANTS) as InvariantId[]).map((id) => [
        id,
        INVARIANTS[id],
        String(report?.invariants[id].checked ?? '–'),
        String(report?.invariants[id].violated ?? '–'),
        String(report?.control.violated[id] ?? '–'),
      ]),
    ];
  },
  'reliability-faults': () => {
    const report = kept();
    if (!report) return NONE;
    return [
      ['fault', 'planned', 'happened'],
      Object.entries(report.faults).map(([name, { planned, fired }]) => [name, String(planned), String(fired)]),
    ];
  },
};

const NONE: Rows = [['what', 'value'], [['date', 'no run has been kept yet']]];

const EXTENTS: Record<string, string> = { full: 'everything', part: 'scenarios chosen by hand' };

function kept(): Report | undefined {
  if (!existsSync(RELIABILITY_FILE)) return undefined;
  return JSON.parse(readFileSync(RELIABILITY_FILE, 'utf8')) as Report;
}
