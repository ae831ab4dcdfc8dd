import type { Dependencies } from './dependencies';
import type { Activities } from './interface';
import { loadPlaced, together, type PlacedOperation } from './operation';
import { ownKeyOf } from './own-key';

/** Quotas are sold in the gigabytes of disks, not of memory. */
const BYTES_OF_A_GB = 1_000_000_000;

/** Step 4: the tenant's bucket with a key of its own, and the place where its work runs, side by side. */
export function createStorageAndCompute(dependencies: Dependencies): Pick<Activities, 'provisionStorageAndCompute'> {
  const { effects, kinds, kubernetes, registry, storage } = dependencies;

  async function provisionStorage(operation: PlacedOperation): Promise<void> {
    const { region, placement, template, order, inRegion } = operation;
    const target = inRegion(placement.storage);
    const { accessKey, bucket } = storage.forRegion(region).kinds;
    // The key first: the bucket's policy names it.
    await effects.ensure(kinds.of(accessKey), target, {});
    const hosts = [placement.network, ...(order.configuration.customDomain ? [order.configuration.customDomain] : [])];
    await effects.ensure(kinds.of(bucket), target, {
      versioning: template.resources.storage.versioning,
      retentionDays: order.compliance?.retentionPeriod,
      quotaBytes: template.resources.storage.quotaGb * BYTES_OF_A_GB,
      corsOrigins: hosts.map((host) => `https://${host}`),
      kmsKeyArn: await ownKeyOf(dependencies, operation),
    });
  }

  async function provisionCompute({ placement, template, inRegion }: PlacedOperation): Promise<void> {
    const { model, ...quota } = template.resources.compute;
    const target = inRegion(placement.compute);
    if (model === 'pool') await effects.ensure(kinds.of(registry.poolPlacement), target, quota);
    else await effects.ensure(kinds.of(kubernetes.namespace), target, quota);
  }

  return {
    async provisionStorageAndCompute(input) {
      const operation = await loadPlaced(dependencies, input);
      await together(provisionStorage(operation), provisionCompute(operation));
    },
  };
}
