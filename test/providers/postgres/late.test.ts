import { Client } from 'pg';
import { createCells } from '../../../providers/postgres/cells';
import { classifyPostgres } from '../../../providers/postgres/classify';
import { newTenantId } from '../../../contract/ids';
import { startLine, type CuttableLine } from '../../helpers/providers/cuttable-line';
import { storageRegion } from '../../helpers/providers/storage/storage-regions';
import { stackEndpoints } from '../../stack';

const OWN = `late_${newTenantId()}`;

let line: CuttableLine;
let direct: Client;
beforeAll(async () => {
  const url = stackEndpoints('postgres').postgres!.regions['eu-central']!.url;
  direct = new Client({ connectionString: url });
  await direct.connect();
  await direct.query(`create database ${OWN}`);
  line = await startLine(new URL(url).host);
});
afterAll(async () => {
  await line.close();
  await direct.query(`drop database ${OWN} with (force)`);
  await direct.end();
});

function behindTheLine() {
  const url = new URL(stackEndpoints('postgres').postgres!.regions['eu-central']!.url);
  url.host = line.address;
  const region = storageRegion('eu-central', {} as never);
  region.database.cells = [{ name: 'cell', url: url.href, capacity: 1, maxConnections: 2 }];
  return createCells([region]);
}

test('a statement delayed in the network is never executed after its caller gave up, neither on a pool nor on its own connection', async () => {
  const cells = behindTheLine();
  const pooled = cells.maintenanceDatabase({ region: 'eu-central', cell: 'cell' });
  const given = await Promise.all(
    [pooled, OWN].map(async (database) => {
      const role = `late_${newTenantId()}`;
      const rule = line.add({ sends: new RegExp(`create role ${role}`), does: 'hold', times: 1 });
      const place = { region: 'eu-central', cell: 'cell', signal: AbortSignal.timeout(60_000) };
      const outcome = await cells
        .run(place, database, (client) => client.query(`create role ${role}`))
        .catch((error: unknown) => classifyPostgres(error, 'role'));
      expect(rule.met).toBe(1);
      rule.release();
      return { role, outcome };
    }),
  );
  expect(given.map(({ outcome }) => outcome)).toMatchObject([{ nonRetryable: false }, { nonRetryable: false }]);
  // By now the line has forwarded everything that it held.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const { rows } = await direct.query('select rolname from pg_roles where rolname = any ($1)', [
    given.map(({ role }) => role),
  ]);
  expect(rows).toEqual([]);
  await cells.close();
}, 40_000);
