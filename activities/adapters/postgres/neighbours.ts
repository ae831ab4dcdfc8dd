import type { Cells, Place } from './cells';
import { SCHEMAS_DATABASE } from './names';

/** Places in the lock table a connection, below which one tenant fills it before anyone could end its session. */
const ENOUGH_LOCKS = 256;

interface Bounds {
  functions: string[];
  tempFiles: string;
  locks: number;
  prepared: number;
}

// The functions that templates/sql/cell/bounds.sql takes from the public.
const BOUNDS = `select
  array(select distinct proname::text from pg_proc
        where pronamespace = 'pg_catalog'::regnamespace and has_function_privilege('public', oid, 'execute')
          and (proname ~ '^pg_(try_)?advisory_' or proname = any (array['lo_creat', 'lo_create', 'lo_from_bytea', 'lo_put', 'lo_open',
            'lo_unlink', 'lowrite', 'lo_truncate', 'lo_truncate64', 'pg_get_object_address', 'pg_export_snapshot', 'pg_logical_emit_message']))
        order by 1) as functions,
  current_setting('temp_file_limit') as "tempFiles",
  current_setting('max_locks_per_transaction')::int as locks,
  current_setting('max_prepared_transactions')::int as prepared`;

/**
 * With what one tenant of a cell could use up what all of its tenants share, in sentences that name the owner's remedy; empty when nothing is
 * known. This program's login cannot change any of it: the functions and settings belong to the server's owner.
 */
export async function unbounded(cells: Cells, place: Place): Promise<string[]> {
  const { functions, tempFiles, locks, prepared } = await cells.run(place, SCHEMAS_DATABASE, async (client) => {
    const { rows } = await client.query<Bounds>(BOUNDS);
    return rows[0]!;
  });
  return [
    ...(functions.length > 0
      ? [
          `Every login may call ${functions.slice(0, 3).join(', ')}${functions.length > 3 ? ` and ${functions.length - 3} more` : ''}: run templates/sql/cell/bounds.sql in each database that tenants enter.`,
        ]
      : []),
    ...(tempFiles === '-1' ? ['Temporary files may fill the disk: set temp_file_limit.'] : []),
    ...(locks < ENOUGH_LOCKS
      ? [`The lock table has ${locks} places a connection: set max_locks_per_transaction to ${ENOUGH_LOCKS} or more.`]
      : []),
    ...(prepared > 0
      ? ['Prepared transactions keep locks without a session: set max_prepared_transactions to 0.']
      : []),
  ];
}
