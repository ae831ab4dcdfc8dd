import pg from 'pg';
import { afterCommit, type Queryable } from '../database';
import { wakeFollowers } from '../events/wake';

/** An update of ledger rows, in parts of a statement. */
interface LedgerUpdate {
  /** Common table expressions that `from` and `where` use. */
  with?: string;
  /** What else the conditions are about. */
  from?: string;
  where: string;
  set: string;
  /** The operation that the events are about; by default the one that has made the resource. */
  operation?: string;
  /** Columns of the updated rows; none by default. */
  returning?: string;
  values: unknown[];
}

/** Updates ledger rows, with an event for every row that is then in another state. One statement, so that neither exists without the other. */
export async function updateLedger<Row extends pg.QueryResultRow>(
  db: Queryable,
  { with: expressions, from, where, set, operation = 'operation_id', returning = '', values }: LedgerUpdate,
): Promise<Pick<pg.QueryResult<Row>, 'rowCount' | 'rows'>> {
  const result = await db.query<Row>(
    `with ${expressions === undefined ? '' : `${expressions},`}
     before as (
       select resource_id as id, state as was from resource ${from === undefined ? '' : `, ${from}`}
       where ${where} for update of resource),
     changed as (update resource set ${set} from before where resource_id = before.id returning resource.*, was),
     told as (
       insert into event (type, tenant_id, operation_id, data)
       select 'resource.state', tenant_id, ${operation},
         jsonb_build_object('step', step, 'kind', kind, 'provider', provider, 'region', region, 'state', state)
       from changed where state <> was)
     select ${returning} from changed`,
    values,
  );
  if (db instanceof pg.Pool) wakeFollowers(db);
  else afterCommit(db, wakeFollowers);
  return result;
}
