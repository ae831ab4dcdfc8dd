import type { Check } from '../port/check';
import type { ResourceSecrets } from '../port/kind';
import type { Cells } from './cells';
import { databaseOf } from './logins/login';
import { POOL_DATABASE } from './shares/names';
import type { DatabaseExpectation } from './verification/expectation';

/** Secret that holds the identifier of a cell's server, recorded at its first check. */
const SERVER_ID_SECRET = 'server';

interface Answer {
  database: string;
  server: string;
  address: string | null;
  encrypted: boolean | null;
}

/**
 * Asks the server that holds a tenant's database for its identity. A cell is always the same server: the system identifier that PostgreSQL
 * generates at set-up must equal the one recorded at the cell's first check. Otherwise the connection string now leads to another server.
 */
export async function locateDatabase(
  cells: Cells,
  { region, cell, signal, tenantId, isolation }: Omit<DatabaseExpectation, 'passwords'>,
  secrets: ResourceSecrets,
): Promise<Check[]> {
  const database = isolation === 'pooled' ? POOL_DATABASE : databaseOf(tenantId, isolation);
  const { rows } = await cells.run({ region, cell, signal }, database, (client) =>
    client.query<Answer>(
      `select current_database()::text as database, system_identifier::text as server, host(inet_server_addr()) as address,
         (select ssl from pg_stat_ssl where pid = pg_backend_pid()) as encrypted
       from pg_control_system()`,
    ),
  );
  const { server, address, encrypted, database: answering } = rows[0]!;
  const known = await secrets.obtain(SERVER_ID_SECRET, () => server);
  return [
    {
      id: 'residency.database',
      claim: `the tenant’s database is on the server of cell ${cell} in ${region}`,
      passed: server === known && answering === database,
      answered: `${answering} on server ${server} at ${address ?? 'a socket'}${server === known ? '' : `; the cell’s server is ${known}`}`,
    },
    {
      id: 'transport.database',
      claim: 'connections to the database server are encrypted',
      passed: encrypted === true,
      answered: encrypted === true ? 'encrypted' : 'not encrypted',
    },
  ];
}
