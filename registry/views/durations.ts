import { MOST_SAMPLES } from '../../contract/estimates/remaining';
import { pastRunOf, type PastRun } from '../../contract/estimates/past-run';
import type { OperationKind } from '../../contract/operations/kinds';
import type { Step } from '../../contract/operations/steps';
import type { Plan } from '../../contract/orders/order';
import type { Queryable } from '../database';

/** Greatest age of an operation that still says something about the next. */
const DAYS = 30;

/** Which earlier operations to compare with. Without a region, those of all regions. */
export interface PastFilter {
  kind: OperationKind;
  plan: Plan;
  region: string | null;
}

interface FinishedRow {
  began: Date;
  completed: Date;
  ends: Partial<Record<Step, string>>;
}

/**
 * How long the steps of recent operations took that have succeeded, newest first. Operations in which an operator has intervened are left out,
 * because their steps waited for a decision; after an approval, time counts from the decision.
 */
export async function readPastRuns(db: Queryable, { kind, plan, region }: PastFilter): Promise<PastRun[]> {
  // The statuses stand in the text, so that the planner can use the partial indexes on recent operations.
  const { rows } = await db.query<FinishedRow>(
    `with recent as (
       select operation_id, completed_at, greatest(created_at, (select decided_at from approval_decision
         where approval_decision.operation_id = operation.operation_id)) as began
       from operation
       where kind = $1 and plan = $2 ${region === null ? '' : 'and region = $3'} and status in ('active', 'completed')
         and completed_at > now() - interval '${DAYS} days'
         and not exists (select from resolution where resolution.operation_id = operation.operation_id)
       order by completed_at desc limit ${MOST_SAMPLES})
     select began, completed_at as completed,
       (select jsonb_object_agg(step, ended) from (select step, max(ended_at) as ended from step_event
          where step_event.operation_id = recent.operation_id and direction = 'forward' and error_type is null
          group by step) as ends) as ends
     from recent order by completed_at desc`,
    region === null ? [kind, plan] : [kind, plan, region],
  );
  return rows.flatMap(({ began, completed, ends }) => {
    const times = Object.entries(ends ?? {}).flatMap(([step, at]) => (at ? [[step, new Date(at)]] : []));
    return pastRunOf(kind, { began, completed, ends: Object.fromEntries(times) as FinishedEnds }) ?? [];
  });
}

type FinishedEnds = Partial<Record<Step, Date>>;
