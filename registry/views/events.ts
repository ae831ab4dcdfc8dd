import type pg from 'pg';
import type { EventType, NumberedEvent } from '../../contract/events/events';
import type { Plan } from '../../contract/orders/order';
import { numberEvents } from '../events/numbering';
import { EventPositionLost } from '../events/read';

/** An event, and what decides who may see it. */
export interface EventView {
  event: NumberedEvent;
  /** Who ordered the event's operation, and who its tenant; null if it is about none. */
  operationCaller: string | null;
  tenantCaller: string | null;
  plan: Plan | null;
}

/** Which events to read. An absent condition matches everything. */
export interface EventViewFilter {
  tenantId?: string | undefined;
  operationId?: string | undefined;
  types?: readonly EventType[] | undefined;
  plan?: Plan | undefined;
  /** Only what concerns an operation or a tenant that this caller has ordered. */
  caller?: string | undefined;
}

/** Events in order. */
export interface EventViewBatch {
  views: EventView[];
  /** The position to continue from. */
  position: number;
  /** Nothing that was committed before the call follows. */
  isComplete: boolean;
}

/** Numbers that one statement looks at, so that a filter which matches little cannot make it slow. */
const WINDOW = 5_000;

type Row = { newest: string; forgotten: string } & (
  | (Omit<NumberedEvent, 'sequence'> & { sequence: string } & Pick<
        EventView,
        'operationCaller' | 'tenantCaller' | 'plan'
      >)
  | { sequence: null }
);

/**
 * The next events after a position, or from the oldest that is kept. There may be none although more follow. Throws
 * {@link EventPositionLost}.
 */
export async function listEventViews(
  pool: pg.Pool,
  { tenantId, operationId, types, plan, caller }: EventViewFilter,
  { after, limit }: { after: number | undefined; limit: number },
): Promise<EventViewBatch> {
  await numberEvents(pool);
  // The events of one tenant or operation have an index; any other filter may have to look at many events.
  const window = tenantId === undefined && operationId === undefined ? WINDOW : Number.MAX_SAFE_INTEGER;
  const { rows } = await pool.query<Row>(
    `select head.*, found.* from (select newest, forgotten from event_head limit 1) as head left join lateral (
       select sequence, at, type, event.tenant_id as "tenantId", event.operation_id as "operationId", data,
         operation.caller as "operationCaller", tenant.caller as "tenantCaller", tenant.plan
       from event left join operation on operation.operation_id = event.operation_id
         left join tenant on tenant.tenant_id = event.tenant_id
       where sequence > coalesce($1, forgotten) and sequence <= coalesce($1, forgotten) + $2
         and ($3::text is null or event.tenant_id = $3) and ($4::text is null or event.operation_id = $4)
         and ($5::text[] is null or type = any($5)) and ($6::text is null or tenant.plan = $6)
         and ($7::text is null or operation.caller = $7 or tenant.caller = $7)
       order by sequence limit $8) as found on true
     order by found.sequence`,
    [after ?? null, window, tenantId ?? null, operationId ?? null, types ?? null, plan ?? null, caller ?? null, limit],
  );
  const head = { newest: Number(rows[0]!.newest), forgotten: Number(rows[0]!.forgotten) };
  const begin = after ?? head.forgotten;
  if (begin < head.forgotten || begin > head.newest) throw new EventPositionLost(begin, head);
  const views = rows.flatMap((row) => (row.sequence === null ? [] : [viewOf(row)]));
  const isFull = views.length === limit;
  const position = isFull ? views.at(-1)!.event.sequence : Math.min(head.newest, begin + window);
  return { views, position, isComplete: position === head.newest };
}

function viewOf(row: Extract<Row, { sequence: string }>): EventView {
  const { newest: _newest, forgotten: _forgotten, operationCaller, tenantCaller, plan, sequence, ...event } = row;
  return {
    event: { ...event, sequence: Number(sequence) } as NumberedEvent,
    operationCaller,
    tenantCaller,
    plan,
  };
}
