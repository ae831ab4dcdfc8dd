import { maybeOne, type Queryable } from '../database';

/** Decisions made more than `olderThanSeconds` ago on operations that still wait for one: their signal was lost, or is still on its way. */
export async function listUndeliveredDecisions(
  db: Queryable,
  olderThanSeconds: number,
  limit: number,
): Promise<{ operationId: string; decisionId: string }[]> {
  const { rows } = await db.query<{ operationId: string; decisionId: string }>(
    `select operation_id as "operationId", decision_id as "decisionId"
     from approval_decision join operation using (operation_id)
     where status = 'awaiting_approval' and decided_at < now() - make_interval(secs => $1) order by random() limit $2`,
    [olderThanSeconds, limit],
  );
  return rows;
}

/** Number of starts and decisions that have not reached Temporal yet. */
export async function countUndelivered(db: Queryable): Promise<{ starts: number; decisions: number }> {
  const row = await maybeOne<{ starts: number; decisions: number }>(
    db,
    `select (select count(*)::int from operation where started_at is null) as starts,
       (select count(*)::int from approval_decision join operation using (operation_id)
        where status = 'awaiting_approval') as decisions`,
  );
  return row!;
}
