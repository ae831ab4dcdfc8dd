import { GLOBAL_REGION } from '../../contract/maintenance/sweeps';
import { MONITORING_ACCOUNT } from '../../contract/monitoring/account';
import type { Step } from '../../contract/operations/steps';
import type { TenantProvisioningRequest } from '../../contract/orders/order';
import type { ProvisioningTemplate } from '../template';
import type { RegionProfile } from './region-profile';

/** A resource that an order would make. */
export interface PlannedResource {
  step: Step;
  provider: string;
  kind: string;
  region: string;
}

/** The resources that an order makes in a region, in the order of the steps that make them. */
export function plannedResources(
  { compliance }: Pick<TenantProvisioningRequest, 'compliance'>,
  { monitoring, resources: { database, compute } }: Pick<ProvisioningTemplate, 'monitoring' | 'resources'>,
  { region, storage }: Pick<RegionProfile, 'region' | 'storage'>,
): PlannedResource[] {
  const pooled = database.isolation === 'pooled';
  const at =
    (place: string) =>
    (step: Step, provider: string, kind: string): PlannedResource => ({
      step,
      provider,
      kind,
      region: place,
    });
  const [inRegion, global] = [at(region), at(GLOBAL_REGION)];
  return [
    global('reserve', 'registry', 'tenant-key'),
    inRegion('reserve', 'registry', 'reservation'),
    ...(compliance?.encryptionLevel === 'enhanced' ? [inRegion('reserve', 'aws', 'kms-key')] : []),
    ...(pooled
      ? [inRegion('database', 'postgres', 'pooled-share')]
      : [
          inRegion('database', 'postgres', 'postgres-owner'),
          inRegion('database', 'postgres', database.isolation === 'schema' ? 'postgres-schema' : 'postgres-database'),
        ]),
    inRegion('storage-and-compute', storage.provider, 'storage-access-key'),
    inRegion('storage-and-compute', storage.provider, 'bucket'),
    compute.model === 'pool'
      ? inRegion('storage-and-compute', 'registry', 'pool-placement')
      : inRegion('storage-and-compute', 'kubernetes', 'kubernetes-namespace'),
    ...(monitoring ? [inRegion('storage-and-compute', 'victoria', MONITORING_ACCOUNT)] : []),
    ...(pooled
      ? []
      : [inRegion('security', 'postgres', 'postgres-login'), inRegion('security', 'postgres', 'postgres-readonly')]),
    global('security', 'registry', 'api-keys'),
    global('configuration', 'registry', 'configuration'),
    global('identity', 'keycloak', 'idp-organization'),
    global('identity', 'keycloak', 'idp-groups'),
    global('identity', 'keycloak', 'idp-admin-user'),
    global('integrations', 'stripe', 'billing-customer'),
    global('integrations', 'stripe', 'billing-subscription'),
  ];
}
