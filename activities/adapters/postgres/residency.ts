import type { Check } from '../../check';
import type { ResourceSecrets } from '../../kind';
import type { Cells } from './cells';
import { databaseOf } from './login';
import { POOL_DATABASE } from './names';
import type { DatabaseExpectation } from './verify';

/** Name under which the first sight of a cell's server is kept. */
const SERVER = 'server';

interface Answer {
  database: string;
  server: string;
  address: string | null;
  encrypted: boolean | null;
}

/**
 * Asks the server that holds a tenant's database which one it is. A cell is one server for ever: the identifier that PostgreSQL gave itself
 * when it was set up has to be the one this cell had when it was first looked at, or the connection string leads somewhere else by now.
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
  const known = await secrets.obtain(SERVER, () => server);
  return [
    {
      id: 'residency.database',
      claim: `the tenant’s database lies on the server of cell ${cell} in ${region}`,
      passed: server === known && answering === database,
      answered: `${answering} on server ${server} at ${address ?? 'a socket'}${server === known ? '' : `, the cell’s is ${known}`}`,
    },
    {
      id: 'transport.database',
      claim: 'connections to the database server are encrypted',
      passed: encrypted === true,
      answered: encrypted === true ? 'encrypted' : 'not encrypted',
    },
  ];
}
