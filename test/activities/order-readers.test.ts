import { apply } from 'json-merge-patch';
import { Pool } from 'pg';
import { createKeycloak } from '../../providers/keycloak/keycloak';
import { createKeys } from '../../providers/keys/keys';
import type { NamespaceSpec } from '../../providers/kubernetes/manifests';
import type { MonitoringSpec } from '../../providers/monitoring/monitoring';
import { createPostgres } from '../../providers/postgres/postgres';
import { createRegistryKinds } from '../../providers/registry/kinds';
import { createStorage } from '../../providers/storage/storage';
import { createBilling } from '../../providers/stripe/stripe';
import { createConfiguration } from '../../activities/provision/configuration';
import { createIdentity } from '../../activities/provision/identity';
import { createIntegrations } from '../../activities/provision/integrations';
import { createStorageAndCompute } from '../../activities/provision/storage-and-compute';
import { createDatabase } from '../../activities/provision/database';
import type { StepDependencies } from '../../activities/dependencies';
import { createSecurity } from '../../activities/provision/security';
import { FIELD_READERS } from '../../contract/orders/amendable';
import type { TenantProvisioningRequest } from '../../contract/orders/order';
import { loadTemplates } from '../../templates/load';
import { fullOrder, OTHER_VALUES, patchAt } from '../contract/schemas/orders';
import { storageRegion } from '../helpers/providers/storage/storage-regions';
import { testRing } from '../helpers/registry';
import { memorySecrets, unusedKind } from '../providers/kind-suite';

const template = loadTemplates('templates').get('professional');
let order: TenantProvisioningRequest;

jest.mock('../../registry/operations/operations', () => ({
  loadOperation: () => Promise.resolve({ tenantId: 'k3v9x2m4q7w8r5ta', region: 'eu-central', order, template }),
}));
jest.mock('../../registry/capacity/capacity', () => ({
  findPlacement: () => Promise.resolve({ database: 'db', storage: 's3', compute: 'cell', network: 'acme.example.com' }),
}));
jest.mock('../../registry/ledger/ledger', () => ({
  listResources: () => Promise.resolve([{ kind: 'kms-key', state: 'present', externalId: 'arn:aws:kms:key' }]),
}));

/** The product's own adapters. They contact nothing, because no kind is asked to make anything. */
function adapters() {
  const pool = new Pool();
  const keys = createKeys(testRing(), []);
  const regions = [
    storageRegion('eu-central', {
      provider: 'versity',
      name: 's3',
      region: 'eu-central',
      endpoint: 'http://127.0.0.1:1',
      adminEndpoint: 'http://127.0.0.1:1',
      accessKeyId: 'a',
      secretAccessKey: 'b',
      capacity: 1,
    }),
  ];
  return {
    pool,
    keys,
    registry: createRegistryKinds(pool, keys),
    postgres: createPostgres(regions, memorySecrets()),
    storage: createStorage(regions),
    // Loading the real adapter takes seconds, and the work of this plan's tenants runs in the pool.
    kubernetes: { namespace: unusedKind<NamespaceSpec>('kubernetes-namespace') },
    monitoring: { account: unusedKind<MonitoringSpec>('monitoring-account') },
    keycloak: createKeycloak({ url: 'http://127.0.0.1:1', realm: 'r', clientId: 'c', clientSecret: 's' }),
    billing: {
      ...createBilling({ apiKey: 'sk_test_unused', url: 'http://127.0.0.1:1', allowLiveKey: false }),
      checkPaymentMethod: ({ paymentMethod }: { paymentMethod: string }) => Promise.resolve(paymentMethod),
    },
    signal: () => AbortSignal.timeout(10_000),
  };
}
const ADAPTERS = adapters();

/** The spec that each kind receives, over all steps. */
async function specsOf(given: TenantProvisioningRequest): Promise<Record<string, string>> {
  order = given;
  const specs: Record<string, string> = {};
  const effects: StepDependencies['effects'] = {
    ensure: ({ kind }, _target, spec) => {
      specs[kind.kind] = JSON.stringify(spec);
      return Promise.resolve({ id: `the ${kind.kind}`, facts: {} });
    },
  };
  const kinds: StepDependencies['kinds'] = { of: (kind) => ({ kind, classify: () => undefined }) };
  const dependencies = { ...ADAPTERS, effects, kinds };
  const operationId = 'op_test';
  await createDatabase(dependencies).provisionDatabase({ operationId, step: 'database' });
  await createStorageAndCompute(dependencies).provisionStorageAndCompute({ operationId, step: 'storage-and-compute' });
  await createConfiguration(dependencies).configureApplication({ operationId, step: 'configuration' });
  await createSecurity(dependencies).configureSecurity({ operationId, step: 'security' });
  await createIdentity(dependencies).createOrganization({ operationId, step: 'identity' });
  await createIntegrations(dependencies).setUpIntegrations({ operationId, step: 'integrations' });
  return specs;
}

// A display name in the order would hide where the organization's name is used.
const whole = fullOrder();
delete whole.configuration.branding!.displayName;

test.each(Object.entries(FIELD_READERS).filter(([, readers]) => readers !== 'never'))(
  'changing %s affects exactly the kinds in the table',
  async (pointer, readers) => {
    const before = await specsOf(whole);
    const after = await specsOf(
      apply(structuredClone(whole), patchAt(pointer, OTHER_VALUES[pointer]!) as unknown) as typeof whole,
    );
    const differing = Object.keys(before).filter((kind) => before[kind] !== after[kind]);
    const named = readers === 'never' ? [] : readers.flatMap(({ makes }) => makes ?? []);
    expect(differing.sort()).toEqual([...named].sort());
  },
);
