import { LRUCache } from 'lru-cache';
import { hasEnded, WAIT_STATUSES } from '../../contract/operations/states';
import type { Operation } from '../../contract/schemas/operation-schema';
import type { Queryable } from '../database';
import { groupBy } from '../group-by';
import { microsOf, toPage, type Position } from '../pages';
import { viewDeliveries } from './deliveries';
import { IS_OPEN, listRows, type OperationFilter } from './operation-filter';
import { OPERATION_COLUMNS, stepped, viewOperation, type OperationRow, type ReadOperation } from './operations';
import { listAttempts, viewSteps } from './steps';

/** Changes whenever something that a list shows of an operation is written: see the triggers of `operation_activity`. */
const STAMP = `concat_ws(' ', operation.xmin,
  (select revision from operation_activity where operation_activity.operation_id = operation.operation_id))`;

interface Stamped {
  id: string;
  stamp: string;
  /** When the list was read, by the database's clock. */
  readAt: Date;
}

interface Remembered {
  stamp: string;
  /** An operation that has ended is the same text until it changes; one in progress also has what depends on the time of reading. */
  shown: string | ReadOperation;
  /** When its claim link lapses, which nothing writes; null if no link can. */
  lapsesAt: Date | null;
}

/** Operations with the stamp they had; about 12 MB when full. */
const ended = new LRUCache<string, Remembered>({ max: 5_000 });

/** Those in progress with their attempts; about 10 MB when full. */
const open = new LRUCache<string, Remembered>({ max: 500 });

/** Milliseconds for which what `complete` has added stays as it is: estimates are in seconds, and lists are read again and again. */
const COMPLETED_MS = 1_000;

const completed = new WeakMap<ReadOperation, { at: number; text: Promise<string> }>();

/**
 * A page of operations, newest first, without their results, as JSON. One statement says which operations have changed since they were last
 * shown; only those are read again. `complete` adds what is not recorded to each operation that has not ended, once a second.
 */
export async function listOperations(
  db: Queryable,
  filter: OperationFilter,
  complete: (read: ReadOperation) => Promise<Operation> = async ({ operation }) => operation,
): Promise<string> {
  const columns = `operation_id as id, ${microsOf('created_at')} as micros, ${STAMP} as stamp, now() as "readAt"`;
  const rows = await listRows<Stamped & Position>(db, { table: 'operation', from: 'operation', columns }, filter);
  const { items, nextCursor } = toPage(
    rows,
    filter.limit,
    (row) => row,
    (row) => row,
  );
  const shown = await readStamped(db, items);
  const texts = items.map(async ({ id }) => {
    const known = shown.get(id)!;
    return typeof known === 'string' ? known : await completedText(known, complete);
  });
  const next = nextCursor === undefined ? '' : `,"nextCursor":${JSON.stringify(nextCursor)}`;
  return `{"items":[${(await Promise.all(texts)).join(',')}]${next}}`;
}

/**
 * The operations that have been at work in one status for `seconds`, the oldest first, at most `limit`. Those that wait for a person or a
 * date are not among them. Of `caller` alone, if one is given.
 */
export async function listLingering(
  db: Queryable,
  { caller, seconds, limit }: { caller: string | undefined; seconds: number; limit: number },
): Promise<ReadOperation[]> {
  const { rows } = await db.query<Stamped>(
    `select operation_id as id, ${STAMP} as stamp, now() as "readAt" from operation
     where ${IS_OPEN} and status <> all($1) and updated_at < now() - make_interval(secs => $2) and ($3::text is null or caller = $3)
     order by created_at, operation_id limit $4`,
    [WAIT_STATUSES, seconds, caller ?? null, limit],
  );
  const shown = await readStamped(db, rows);
  // One that has ended since is text.
  return rows.flatMap(({ id }) => shown.get(id) ?? []).filter((each) => typeof each !== 'string');
}

/** What is shown of these operations. Only those that have changed since they were last shown are read. */
async function readStamped(db: Queryable, stamped: readonly Stamped[]): Promise<Map<string, Remembered['shown']>> {
  const shown = new Map<string, Remembered['shown']>();
  const changed = stamped.filter(({ id, stamp, readAt }) => {
    const known = ended.get(id) ?? open.get(id);
    if (known?.stamp !== stamp || (known.lapsesAt && known.lapsesAt < readAt)) return true;
    shown.set(id, known.shown);
    return false;
  });
  for (const [id, read] of await readChanged(db, changed)) shown.set(id, read);
  return shown;
}

function completedText(read: ReadOperation, complete: (read: ReadOperation) => Promise<Operation>): Promise<string> {
  const now = performance.now();
  const last = completed.get(read);
  if (last && now - last.at < COMPLETED_MS) return last.text;
  const text = complete(read).then((operation) => JSON.stringify(operation));
  completed.set(read, { at: now, text });
  // Only the requests that wait for it now are answered with a failure.
  text.catch(() => completed.delete(read));
  return text;
}

/** Reads operations and remembers them. A change since they were stamped does no harm: the next stamp differs. */
async function readChanged(db: Queryable, changed: Stamped[]): Promise<Map<string, Remembered['shown']>> {
  const read = new Map<string, Remembered['shown']>();
  if (changed.length === 0) return read;
  const ids = changed.map(({ id }) => id);
  const [{ rows }, deliveries, attempts] = await Promise.all([
    db.query<OperationRow>(`select ${OPERATION_COLUMNS} from operation where operation_id = any($1)`, [ids]),
    viewDeliveries(db, ids),
    listAttempts(db, ids),
  ]);
  const attemptsOf = groupBy(attempts, ({ operationId }) => operationId);
  const stamps = new Map(changed.map(({ id, stamp }) => [id, stamp]));
  for (const row of rows) {
    const { operationId } = row;
    const own = attemptsOf.get(operationId) ?? [];
    const operation = viewOperation(row, viewSteps(stepped(row), own), deliveries.get(operationId));
    const hasEnd = hasEnded(row.status);
    const shown = hasEnd ? JSON.stringify(operation) : { row, operation, attempts: own };
    read.set(operationId, shown);
    (hasEnd ? open : ended).delete(operationId);
    (hasEnd ? ended : open).set(operationId, {
      stamp: stamps.get(operationId)!,
      shown,
      lapsesAt: lapseOf(operation),
    });
  }
  return read;
}

function lapseOf({ handover }: Operation): Date | null {
  const linkIsOut = handover?.linkExpires !== undefined && handover.state !== 'lapsed';
  return linkIsOut ? new Date(handover.linkExpires!) : null;
}
