import { Pool } from 'pg';
import { createMetrics } from '../../api/metrics';
import { routeTable } from '../../api/http/route-table';
import { createKeys } from '../../providers/keys/keys';
import { apiDependencies, RecordingRuns } from '../helpers/api';
import { testRing } from '../helpers/registry';
import { read } from './documents';

test('SECURITY.md names every route that takes no API token', () => {
  // Connects to nothing: no route is called.
  const unused = apiDependencies({ pool: new Pool(), keys: createKeys(testRing(), []) }, new RecordingRuns());
  const open = routeTable(unused, createMetrics(unused.pool)).filter(({ access }) => access === 'public');
  expect(open.length).toBeGreaterThan(4);
  const text = read('SECURITY.md').replaceAll(/\s+/g, ' ');
  expect(open.map(({ path }) => path).filter((path) => !text.includes(`\`${path}\``))).toEqual([]);
});
