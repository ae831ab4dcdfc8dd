import type { Isolation } from '../../../contract/orders/order';
import { CELL, REGION, startClusters, type Clusters } from './clusters';
import { provision, type Tenant } from './tenant';

let clusters: Clusters;
beforeAll(async () => void (clusters = await startClusters(undefined)), 120_000);
afterAll(() => clusters?.stop());

const measure = ({ tenantId, isolation }: Pick<Tenant, 'tenantId' | 'isolation'>) =>
  clusters.postgres.measure({ tenantId, isolation, region: REGION, cell: CELL, signal: AbortSignal.timeout(10_000) });

test.each<Isolation>(['schema', 'database'])('a tenant’s %s is measured in bytes on disk', async (isolation) => {
  const tenant = await provision(clusters.postgres, isolation);
  try {
    expect(await measure(tenant)).toBeGreaterThan(8_192);
  } finally {
    await tenant.remove();
  }
});

test('a pooled tenant’s database is not measured, because its rows share their files with others', async () => {
  expect(await measure({ tenantId: 'k3v9x2m4q7w8r5ta', isolation: 'pooled' })).toBeUndefined();
});
