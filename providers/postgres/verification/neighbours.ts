import type { Cells, Place } from '../cells';
import { SCHEMAS_DATABASE } from '../shares/names';

/** Lock-table slots per connection. With fewer, one tenant can fill the table before its session can be ended. */
const MIN_LOCKS_PER_TRANSACTION = 256;

interface ServerLimits {
  functions: string[];
  tempFiles: string;
  locks: number;
  prepared: number;
}

// The functions here are those that templates/sql/cell/bounds.sql revokes from PUBLIC.
const LIMITS_QUERY = `select
  array(select distinct proname::text from pg_proc
        where pronamespace = 'pg_catalog'::regnamespace and has_function_privilege('public', oid, 'execute')
          and (proname ~ '^pg_(try_)?advisory_' or proname = any (array['lo_creat', 'lo_create', 'lo_from_bytea', 'lo_put', 'lo_open',
            'lo_unlink', 'lowrite', 'lo_truncate', 'lo_truncate64', 'pg_get_object_address', 'pg_export_snapshot', 'pg_logical_emit_message']))
        order by 1) as functions,
  current_setting('temp_file_limit') as "tempFiles",
  current_setting('max_locks_per_transaction')::int as locks,
  current_setting('max_prepared_transactions')::int as prepared`;

/**
 * Ways in which one tenant could exhaust resources that all tenants of the cell share: one sentence each, with the remedy; empty if none is
 * known. Only the server's owner can apply the remedies, because the functions and settings are out of this program's reach.
 */
export async function findUnlimitedResources(cells: Cells, place: Place): Promise<string[]> {
  const { functions, tempFiles, locks, prepared } = await cells.run(place, SCHEMAS_DATABASE, async (client) => {
    const { rows } = await client.query<ServerLimits>(LIMITS_QUERY);
    return rows[0]!;
  });
  return [
    ...(functions.length > 0
      ? [
          `Every login may call ${functions.slice(0, 3).join(', ')}${functions.length > 3 ? ` and ${functions.length - 3} more` : ''}: run templates/sql/cell/bounds.sql in each database that tenants enter.`,
        ]
      : []),
    ...(tempFiles === '-1' ? ['Temporary files may fill the disk: set temp_file_limit.'] : []),
    ...(locks < MIN_LOCKS_PER_TRANSACTION
      ? [
          `The lock table has ${locks} slots per connection: set max_locks_per_transaction to ${MIN_LOCKS_PER_TRANSACTION} or more.`,
        ]
      : []),
    ...(prepared > 0
      ? ['Prepared transactions keep locks without a session: set max_prepared_transactions to 0.']
      : []),
  ];
}
