import pc from 'picocolors';
import { INVARIANTS, type InvariantId, type Verdict, type Violation } from './checker/invariant';
import type { Fired } from './journal';

/** Results of a run, as written to a file. */
export interface Report {
  seed: number;
  /** Commit of the checkout; ends in `-dirty` if it had changes. */
  commit: string;
  machine: string;
  /** ISO 8601. */
  started: string;
  seconds: number;
  /** Requested minutes; `part` when only some scenarios were selected. */
  extent: number | 'full' | 'part';
  scenarios: number;
  /** Number of scenarios in the full plan. */
  plan: number;
  /** Accepted operations by outcome; those that change a tenant are named by their kind. */
  outcomes: Record<string, number>;
  invariants: Record<InvariantId, { checked: number; violated: number }>;
  violations: (Violation & { invariant: InvariantId })[];
  faults: Record<string, Fired>;
  /** Invariants that the control arm violated, with counts. */
  control: { orders: number; violated: Partial<Record<InvariantId, number>> };
  /** Parts of the plan that this build does not support yet. */
  notRun: string[];
}

/** The verdicts of a report. */
export function judged(verdicts: Record<InvariantId, Verdict>): Pick<Report, 'invariants' | 'violations'> {
  const ids = Object.keys(INVARIANTS) as InvariantId[];
  return {
    invariants: Object.fromEntries(
      ids.map((id) => [id, { checked: verdicts[id].checked, violated: verdicts[id].violations.length }]),
    ) as Report['invariants'],
    violations: ids.flatMap((invariant) => verdicts[invariant].violations.map((each) => ({ invariant, ...each }))),
  };
}

/** A report for people: each scenario and each invariant counts as passed or failed. */
export function summaryOf(report: Report): { text: string; passed: number; failed: number } {
  const ids = Object.keys(INVARIANTS) as InvariantId[];
  const broken = ids.filter((id) => report.invariants[id].violated > 0);
  const scenarios = new Set(report.violations.flatMap(({ scenario }) => (scenario === undefined ? [] : [scenario])));
  const failed = broken.length + scenarios.size;
  const lines = ids.map((id) => {
    const { checked, violated } = report.invariants[id];
    const mark = violated > 0 ? pc.red('violated') : checked > 0 ? pc.green('held    ') : pc.dim('nothing ');
    return `${id.padEnd(4)}${mark} ${String(checked).padStart(6)} checked ${String(violated).padStart(4)} violated  ${INVARIANTS[id]}`;
  });
  const details = report.violations.map(({ invariant, what, tenantId = '', scenario = '' }) =>
    pc.red(`${invariant} ${[tenantId, scenario, what].filter((part) => part !== '').join(': ')}`),
  );
  const faults = Object.entries(report.faults).map(
    ([name, { planned, fired }]) => `${String(fired).padStart(4)} of ${String(planned).padStart(4)}  ${name}`,
  );
  const control = Object.entries(report.control.violated).map(([id, count]) => `${id} ${count} ×`);
  const outcomes = Object.entries(report.outcomes).map(([status, count]) => `${count} ${status}`);
  const again = typeof report.extent === 'number' ? ` --minutes ${report.extent}` : '';
  const text = [
    'Faults that happened, of those planned',
    ...faults,
    '',
    `Operations: ${outcomes.join(', ')}`,
    `Control arm, ${report.control.orders} orders: ${control.join(', ') || 'violated nothing'}`,
    ...report.notRun.map((part) => `NOT RUN: ${part}`),
    '',
    ...lines,
    ...details,
    '',
    `seed ${report.seed}, ${report.seconds} s, ${report.machine}, commit ${report.commit}`,
    `the same again: npm run test:faults --${again} --seed ${report.seed}`,
  ].join('\n');
  return { text, passed: ids.length - broken.length + report.scenarios - scenarios.size, failed };
}
