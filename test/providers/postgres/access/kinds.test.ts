import type { Isolation } from '../../../../contract/orders/order';
import { POSTGRES_VERSIONS, startClusters, type Clusters } from '../clusters';
import { createBench, EVERY, failedChecks, type Bench } from './bench';

describe.each(POSTGRES_VERSIONS)('access on $title', ({ bin }) => {
  let clusters: Clusters;
  let bench: Bench;
  beforeAll(async () => {
    clusters = await startClusters(bin);
    bench = createBench(clusters);
  }, 120_000);
  afterEach(() => bench.clear());
  afterAll(() => clusters?.stop());

  describe.each<[Isolation, 'pooledShare' | 'login' | 'readonlyLogin']>([
    ['pooled', 'pooledShare'],
    ['schema', 'login'],
    ['database', 'login'],
    ['schema', 'readonlyLogin'],
  ])('of a %s tenant: %s', (isolation, key) => {
    test('the tenant passes step 9 when it is open again', async () => {
      const tenant = await bench.tenant(isolation);
      const { update } = bench.subject(tenant, key);
      for (const to of [...EVERY.toReversed(), 'closed', 'open'] as const) await update(to);
      expect(await failedChecks(tenant)).toEqual([]);
    });

    test('it cannot be changed or tried when it is gone', async () => {
      const { context, update, access } = bench.subject(await bench.tenant(isolation), key);
      await clusters.postgres[key].remove({ ...context, spec: undefined });
      await expect(update('closed')).rejects.toMatchObject({ type: 'OutcomeUnknown', nonRetryable: false });
      await expect(access()).rejects.toMatchObject({ type: 'OutcomeUnknown', nonRetryable: false });
    });
  });
});
