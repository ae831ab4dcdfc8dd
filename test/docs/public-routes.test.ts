import { createMetrics } from '../../api/metrics';
import type { ApiDependencies } from '../../api/dependencies';
import { routeTable } from '../../api/route-table';
import { read } from './documents';

test('SECURITY.md names every route that takes no API token', () => {
  const unused = {} as ApiDependencies;
  const open = routeTable(unused, createMetrics(unused.pool)).filter(({ access }) => access === 'public');
  expect(open.length).toBeGreaterThan(4);
  const text = read('SECURITY.md').replaceAll(/\s+/g, ' ');
  expect(open.map(({ path }) => path).filter((path) => !text.includes(`\`${path}\``))).toEqual([]);
});
