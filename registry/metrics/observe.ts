import type pg from 'pg';
import type { NumberedEvent } from '../../contract/events/events';
import { NONE } from '../../contract/metrics/metric';
import { WAITING_STATUSES } from '../../contract/metrics/operations';
import { operationOutcome } from '../../contract/metrics/outcomes';
import type { OperationKind } from '../../contract/operations/kinds';
import { hasEnded, type OperationStatus } from '../../contract/operations/states';
import type { Plan } from '../../contract/orders/order';
import { readEvents } from '../events/readers';
import { addObservations, type Observation } from './series';

/** Name of the reader of the event log that counts events. */
const METRICS_READER = 'metrics';

const EVENTS_AT_ONCE = 500;

/**
 * Counts every event that no process has counted yet. Each is counted once, whatever process is killed, because its counters change in the
 * transaction that advances the reader.
 */
export async function countEvents(pool: pg.Pool): Promise<void> {
  const batch = (): Promise<number> =>
    readEvents(pool, METRICS_READER, EVENTS_AT_ONCE, async (events, client) =>
      addObservations(client, await observationsOf(client, events)),
    );
  while ((await batch()) === EVENTS_AT_ONCE);
}

type EventOf<Type extends NumberedEvent['type']> = Extract<NumberedEvent, { type: Type }>;

/** What is needed of an event's operation. */
interface Operation {
  operationId: string;
  kind: OperationKind;
  plan: Plan;
  region: string | null;
}

/** An event with its operation, and the statuses that the operation had before it, in order. */
interface Context {
  of: Operation;
  labels: { kind: OperationKind; plan: Plan; region: string };
  history: History;
}

async function observationsOf(client: pg.ClientBase, events: readonly NumberedEvent[]): Promise<Observation[]> {
  const counted = events.filter((event) => ['operation.status', 'step.state', 'step.attempt'].includes(event.type));
  const ids = [...new Set(counted.flatMap(({ operationId }) => operationId ?? []))];
  if (ids.length === 0) return [];
  const operations = await readOperations(client, ids);
  const histories = await readHistories(client, ids);
  return counted.flatMap((event) => {
    const of = operations.get(event.operationId ?? '');
    if (!of) return [];
    const { kind, plan, region } = of;
    const history = histories.get(of.operationId) ?? [];
    const context = { of, labels: { kind, plan, region: region ?? NONE }, history };
    if (event.type === 'operation.status') return ofStatus(event, context);
    if (event.type === 'step.state') return ofStep(event, context);
    return event.type === 'step.attempt' ? ofAttempt(event, context) : [];
  });
}

function ofStatus(event: EventOf<'operation.status'>, { labels, history }: Context): Observation[] {
  const { kind, plan } = labels;
  const { from, status, failure, step } = event.data;
  if (from === undefined) return [{ metric: 'provisioner_operations_accepted_total', labels: { kind, plan } }];
  const visits = visitsUntil(event, history);
  const observations: Observation[] = visits
    .slice(-1)
    .flatMap(({ seconds }) => [
      { metric: 'provisioner_operation_status_seconds', labels: { kind, plan, status: from }, value: seconds },
    ]);
  if (!hasEnded(status)) return observations;
  const outcome = operationOutcome(status, failure);
  observations.push({ metric: 'provisioner_operations_ended_total', labels: { kind, plan, outcome } });
  if (outcome !== 'succeeded' && failure !== undefined)
    observations.push({
      metric: 'provisioner_operation_failures_total',
      labels: { kind, plan, step: step ?? NONE, failure },
    });
  // The log does not say when an operation began that is older than the log.
  if (history.find((entry) => entry.status !== null)?.accepted !== true) return observations;
  const total = sumOf(visits);
  observations.push({ metric: 'provisioner_operation_duration_seconds', labels: { ...labels, outcome }, value: total });
  if (outcome === 'succeeded') {
    const waited = sumOf(visits.filter((visit) => (WAITING_STATUSES as readonly string[]).includes(visit.status)));
    observations.push({ metric: 'provisioner_operation_work_seconds', labels: { kind, plan }, value: total - waited });
  }
  return observations;
}

/** How a step's end is called, and the state in which what has ended began. */
const BEGINNINGS = { done: 'running', failed: 'running', compensated: 'compensating' } as const;

function ofStep(event: EventOf<'step.state'>, { labels, history }: Context): Observation[] {
  const { step, state } = event.data;
  if (state !== 'done' && state !== 'failed' && state !== 'compensated') return [];
  const began = history.findLast(
    (entry) => entry.sequence < event.sequence && entry.step === step && entry.state === BEGINNINGS[state],
  );
  // A step whose beginning was never told, because its attempt was recorded only at its end, has no duration.
  if (!began) return [];
  const value = secondsBetween(began.at, new Date(event.at));
  return [{ metric: 'provisioner_step_duration_seconds', labels: { ...labels, step, outcome: state }, value }];
}

function ofAttempt(event: EventOf<'step.attempt'>, { labels }: Context): Observation[] {
  const { state, step, direction, failure } = event.data;
  if (state !== 'failed' || failure === undefined) return [];
  return [{ metric: 'provisioner_step_failures_total', labels: { ...labels, step, direction, failure } }];
}

/** Events of an operation that say where it or a step of it stood, in order. */
type History = {
  sequence: number;
  at: Date;
  /** The status that the operation came to; null if the event is about a step. */
  status: OperationStatus | null;
  /** Whether it is the event of the operation's acceptance. */
  accepted: boolean;
  step: string | null;
  state: string | null;
}[];

/** The statuses through which an operation went up to an event, and how long it was in each. */
function visitsUntil(event: EventOf<'operation.status'>, history: History): { status: string; seconds: number }[] {
  const moves = history.filter(({ sequence, status }) => status !== null && sequence <= event.sequence);
  return moves.slice(0, -1).map(({ status, at }, index) => ({
    status: status!,
    seconds: secondsBetween(at, moves[index + 1]!.at),
  }));
}

function sumOf(visits: readonly { seconds: number }[]): number {
  return visits.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** Never negative: events of two servers may bear times that differ by their clocks. */
function secondsBetween(from: Date, until: Date): number {
  return Math.max(0, (until.getTime() - from.getTime()) / 1000);
}

async function readOperations(client: pg.ClientBase, ids: readonly string[]): Promise<Map<string, Operation>> {
  const { rows } = await client.query<Operation>(
    `select operation_id as "operationId", kind, plan, region from operation where operation_id = any($1)`,
    [ids],
  );
  return new Map(rows.map((row) => [row.operationId, row]));
}

async function readHistories(client: pg.ClientBase, ids: readonly string[]): Promise<Map<string, History>> {
  const { rows } = await client.query<Omit<History[number], 'sequence'> & { operationId: string; sequence: string }>(
    `select operation_id as "operationId", sequence, at, data ->> 'status' as status,
       type = 'operation.status' and not data ? 'from' as accepted, data ->> 'step' as step, data ->> 'state' as state
     from event where operation_id = any($1) and sequence is not null
       and (type = 'operation.status' or type = 'step.state' and data ->> 'state' in ('running', 'compensating'))
     order by operation_id, sequence`,
    [ids],
  );
  const histories = new Map<string, History>();
  for (const { operationId, sequence, ...entry } of rows) {
    const own = histories.get(operationId) ?? [];
    own.push({ ...entry, sequence: Number(sequence) });
    histories.set(operationId, own);
  }
  return histories;
}
