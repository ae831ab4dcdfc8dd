import { percentile, tenths } from './statistics';
import type { Comparison } from '../outcomes/listing';
import type { LostTasks } from '../outcomes/lost';
import type { Outcome } from '../outcomes/outcome';
import type { Reads } from '../watch/reads';
import type { Check } from './report';
import type { Sent } from '../orders/send';
import type { Sample } from '../watch/watch';

/** Maximum resident memory, in MiB. */
const MOST_MEMORY = { worker: 450, api: 250 };

/** Allowed growth of memory from the third quarter of a run to its fourth, to allow for garbage collection. */
const NOISE = 1.15;

/** How much slower reads may be than on an idle product. */
const SLOWER = 10;

/** Everything observed in a run. */
export interface Seen {
  ordered: number;
  within: number;
  sent: Sent;
  outcomes: readonly Outcome[];
  samples: readonly Sample[];
  idle: Reads;
  load: Reads;
  /** Traces at the providers of tenants that did not become active. */
  traces: readonly string[];
  comparison: Comparison;
  /** The region with limited capacity, and its number of places. */
  scarce: { region: string; places: number };
  replayed: { count: number; failed: readonly string[] };
  lost: LostTasks;
}

/** The checks of a run, each described in one sentence. */
export function judge(seen: Seen): Check[] {
  return [
    ...acceptance(seen),
    ...ends(seen),
    ...capacity(seen),
    ...speed(seen),
    ...memory(seen),
    ...replay(seen),
    ...tasks(seen),
  ];
}

function check(what: string, wrong: readonly string[], saw: string): Check {
  const some = wrong.slice(0, 5).join('; ');
  return { what, passed: wrong.length === 0, saw: wrong.length === 0 ? saw : `${wrong.length} not so: ${some}` };
}

function holds(what: string, passed: boolean, saw: string): Check {
  return { what, passed, saw };
}

function acceptance({ ordered, within, sent }: Seen): Check[] {
  const { operationIds, refused, seconds, ambiguous, repeatedKeys } = sent;
  return [
    check('every order is accepted', refused, `${operationIds.length} of ${ordered}`),
    holds(`all of them within ${within} s`, seconds <= within, `${tenths(seconds)} s`),
    check('orders sent again get the ids they had', ambiguous, `${repeatedKeys} keys`),
  ];
}

function ends({ sent, outcomes, traces, comparison }: Seen): Check[] {
  const known = new Map(outcomes.map((outcome) => [outcome.operationId, outcome.status]));
  const lost = sent.operationIds.filter((operationId) => !known.has(operationId));
  const open = outcomes.filter(({ status }) => status !== 'active' && status !== 'failed');
  const failed = outcomes.filter(({ status }) => status === 'failed').length;
  const { kinds, present, differences } = comparison;
  return [
    check('every accepted order has its operation', lost, `${known.size} operations`),
    check(
      'every operation is active or failed',
      open.map(({ operationId, status }) => `${operationId} is ${status}`),
      `${outcomes.length - failed} active, ${failed} failed`,
    ),
    check('the providers have nothing of those that failed', traces, `${failed} tenants looked for`),
    check('what the providers list is what the ledger says', differences, `${present} resources of ${kinds} kinds`),
  ];
}

function tasks({ lost: { activities, workflowTasks } }: Seen): Check[] {
  return [
    check('no activity is begun again that had not failed', activities, 'none'),
    check('no workflow task times out', workflowTasks, 'none'),
  ];
}

function capacity({ samples, outcomes, scarce: { region, places } }: Seen): Check[] {
  const wrong = [...new Set(samples.flatMap(({ wrongCells }) => wrongCells))];
  const there = outcomes.filter((outcome) => outcome.region === region && outcome.status === 'active').length;
  const exhausted = outcomes.filter(({ failure }) => failure === 'CapacityExhausted').length;
  return [
    check('no cell ever holds more than it has, or other than what is reserved', wrong, `${samples.length} looks`),
    holds(
      `${region} takes ${places} tenants and no more`,
      there <= places && exhausted > 0,
      `${there} active, ${exhausted} CapacityExhausted`,
    ),
  ];
}

function speed({ idle, load }: Seen): Check[] {
  const [before, during] = [idle, load].map(({ milliseconds }) => percentile(milliseconds, 0.99)) as [number, number];
  return [
    check('every read is answered', load.failed, `${load.milliseconds.length} reads`),
    holds(
      `the p99 of reads stays under ${SLOWER} times the idle one`,
      during < SLOWER * before,
      `${tenths(during)} ms, idle ${tenths(before)} ms`,
    ),
  ];
}

function memory({ samples }: Seen): Check[] {
  const end = samples.at(-1)!.at;
  const median = (name: 'api' | 'worker', from: number, to: number): number =>
    percentile(
      samples.filter(({ at }) => at >= from * end && at <= to * end).map((sample) => sample.memory[name]),
      0.5,
    );
  return (['worker', 'api'] as const).flatMap((name) => {
    const peak = Math.max(...samples.map((sample) => sample.memory[name]));
    const [third, fourth] = [median(name, 0.5, 0.75), median(name, 0.75, 1)];
    return [
      holds(
        `the ${name} needs at most ${MOST_MEMORY[name]} MiB`,
        peak <= MOST_MEMORY[name],
        `${Math.round(peak)} MiB at most`,
      ),
      holds(
        `the ${name} does not grow from the half to the end`,
        fourth <= NOISE * third,
        `${Math.round(third)} MiB, then ${Math.round(fourth)} MiB`,
      ),
    ];
  });
}

function replay({ replayed: { count, failed } }: Seen): Check[] {
  return [check('the runs replay on this code', failed, `${count} runs`)];
}
