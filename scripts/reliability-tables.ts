import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { INVARIANTS, type InvariantId } from '../test/faults/checker/invariant';
import type { Report } from '../test/faults/report';

/** Report of the last recorded run. */
export const RELIABILITY_FILE = join(__dirname, '../docs/figures/reliability.json');

type Rows = [head: string[], rows: string[][]];

/** The tables of docs/reliability.md, from the recorded report: the run, its invariants and its faults. They say so if there is none. */
export const RELIABILITY_TABLES: Record<string, () => Rows> = {
  'reliability-run': () => {
    const report = recorded();
    if (!report) return NONE;
    const { started, seconds, seed, commit, machine, extent, scenarios, plan, outcomes } = report;
    const counts = Object.entries(outcomes).map(([status, count]) => `${count} ${status}`);
    return [
      ['figure', 'value'],
      [
        ['date', started.slice(0, 10)],
        ['commit', commit],
        ['machine', machine],
        ['extent', EXTENTS[extent] ?? `a sample, from --minutes ${extent}`],
        ['seed', String(seed)],
        ['duration', `${Math.round(seconds / 60)} minutes`],
        ['scenarios', `${scenarios} of the plan’s ${plan}`],
        ['operations', counts.join(', ')],
      ],
    ];
  },
  'reliability-invariants': () => {
    const report = recorded();
    return [
      ['', 'invariant', 'checked', 'violated', 'violated by the control arm'],
      (Object.keys(INVARIANTS) as InvariantId[]).map((id) => [
        id,
        INVARIANTS[id],
        String(report?.invariants[id]?.checked ?? '–'),
        String(report?.invariants[id]?.violated ?? '–'),
        String(report?.control.violated[id] ?? '–'),
      ]),
    ];
  },
  'reliability-faults': () => {
    const report = recorded();
    if (!report) return NONE;
    return [
      ['fault', 'planned', 'happened'],
      Object.entries(report.faults).map(([name, { planned, fired }]) => [name, String(planned), String(fired)]),
    ];
  },
};

const NONE: Rows = [['figure', 'value'], [['date', 'no run has been recorded yet']]];

const EXTENTS: Record<string, string> = { full: 'everything', part: 'scenarios chosen by hand' };

/** A report as it was kept; it may be older than an invariant. */
type Recorded = Omit<Report, 'invariants'> & { invariants: Partial<Report['invariants']> };

function recorded(): Recorded | undefined {
  if (!existsSync(RELIABILITY_FILE)) return undefined;
  return JSON.parse(readFileSync(RELIABILITY_FILE, 'utf8')) as Recorded;
}
