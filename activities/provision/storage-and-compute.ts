import type { Dependencies, StepDependencies, StorageWith } from '../dependencies';
import type { Activities } from '../operations/interface';
import { loadPlaced, together, type PlacedOperation } from '../operations/load-operation';
import { ownKeyOf, type OwnKeyLookup } from './own-key';

/** Quotas are sold in decimal gigabytes, as disks are. */
const BYTES_OF_A_GB = 1_000_000_000;

interface StorageAndComputeDependencies extends StepDependencies {
  keys: StepDependencies['keys'] & OwnKeyLookup['keys'];
  kubernetes: Pick<Dependencies['kubernetes'], 'namespace'>;
  monitoring: Pick<Dependencies['monitoring'], 'account'>;
  registry: Pick<Dependencies['registry'], 'poolPlacement'>;
  storage: StorageWith<'kinds'>;
}

/** Step 4, side by side: the tenant's bucket with an access key of its own, the place where its work runs, and its account for metrics and logs. */
export function createStorageAndCompute(
  dependencies: StorageAndComputeDependencies,
): Pick<Activities, 'provisionStorageAndCompute'> {
  const { effects, kinds, kubernetes, monitoring, registry, storage } = dependencies;

  async function provisionStorage(operation: PlacedOperation): Promise<void> {
    const { region, placement, template, order, inRegion } = operation;
    const target = inRegion(placement.storage);
    const { accessKey, bucket } = storage.forRegion(region).kinds;
    // The access key comes first, because the bucket's policy names it.
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

  async function provisionMonitoring({ order, template, inRegion }: PlacedOperation): Promise<void> {
    if (!template.monitoring) return;
    const spec = { alerts: template.monitoring.alerts, receivers: order.alertReceivers };
    await effects.ensure(kinds.of(monitoring.account), inRegion(''), spec);
  }

  return {
    async provisionStorageAndCompute(input) {
      const operation = await loadPlaced(dependencies, input);
      await together(provisionStorage(operation), provisionCompute(operation), provisionMonitoring(operation));
    },
  };
}
