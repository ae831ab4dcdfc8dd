import { apply } from 'json-merge-patch';
import { adminUserKind } from '../../activities/adapters/keycloak/admin-user';
import { organizationKind } from '../../activities/adapters/keycloak/organization';
import { createRegistryKinds } from '../../activities/adapters/registry/kinds';
import { bucketKind } from '../../activities/adapters/storage/bucket';
import { customerKind } from '../../activities/adapters/stripe/customer';
import { subscriptionKind } from '../../activities/adapters/stripe/subscription';
import { createConfiguration } from '../../activities/configuration';
import type { Dependencies } from '../../activities/dependencies';
import { createIdentity } from '../../activities/identity';
import { createIntegrations } from '../../activities/integrations';
import { createStorageAndCompute } from '../../activities/storage-and-compute';
import { createDatabase } from '../../activities/database';
import { createSecurity } from '../../activities/security';
import { FIELD_READERS } from '../../contract/amendable';
import type { TenantProvisioningRequest } from '../../contract/order';
import { loadTemplates } from '../../templates/load';
import { fullOrder, OTHER_VALUES, patchAt } from '../contract-schemas/orders';

/** No kind is asked to make anything here. */
const none = undefined as never;
const template = loadTemplates('templates').get('professional');
let order: TenantProvisioningRequest;

jest.mock('../../registry/operations', () => ({
  loadOperation: () => Promise.resolve({ tenantId: 'k3v9x2m4q7w8r5ta', region: 'eu-central', order, template }),
}));
jest.mock('../../registry/capacity', () => ({
  findPlacement: () => Promise.resolve({ database: 'db', storage: 's3', compute: 'cell', network: 'acme.example.com' }),
}));
jest.mock('../../registry/ledger', () => ({
  listResources: () => Promise.resolve([{ kind: 'kms-key', state: 'present', externalId: 'arn:aws:kms:key' }]),
}));

/** What every step asks to be made, by kind. */
async function specsOf(given: TenantProvisioningRequest): Promise<Record<string, string>> {
  order = given;
  const specs: Record<string, string> = {};
  const kind = (name: string) => ({ kind: name });
  const dependencies = {
    effects: {
      ensure: (made: { kind: string }, _target: unknown, spec: unknown) => {
        specs[made.kind] = JSON.stringify(spec);
        return Promise.resolve({ id: `the ${made.kind}`, facts: {} });
      },
    },
    kinds: { of: (made: object) => made },
    registry: createRegistryKinds(none, none),
    keys: { ownKey: kind('kms-key') },
    storage: {
      forRegion: () => ({ kinds: { accessKey: kind('storage-access-key'), bucket: bucketKind('versity', none) } }),
    },
    postgres: {
      owner: kind('postgres-owner'),
      schema: kind('postgres-schema'),
      login: kind('postgres-login'),
      readonlyLogin: kind('postgres-readonly'),
    },
    keycloak: {
      organization: organizationKind(none),
      groups: kind('idp-groups'),
      adminUser: adminUserKind(none, none),
    },
    billing: {
      customer: customerKind(none),
      subscription: subscriptionKind(none),
      checkPaymentMethod: ({ paymentMethod }: { paymentMethod: string }) => Promise.resolve(paymentMethod),
    },
    signal: () => AbortSignal.timeout(10_000),
  } as unknown as Dependencies;
  const operationId = 'op_test';
  await createDatabase(dependencies).provisionDatabase({ operationId, step: 'database' });
  await createStorageAndCompute(dependencies).provisionStorageAndCompute({ operationId, step: 'storage-and-compute' });
  await createConfiguration(dependencies).configureApplication({ operationId, step: 'configuration' });
  await createSecurity(dependencies).configureSecurity({ operationId, step: 'security' });
  await createIdentity(dependencies).createOrganization({ operationId, step: 'identity' });
  await createIntegrations(dependencies).setUpIntegrations({ operationId, step: 'integrations' });
  return specs;
}

// A display name of the order's own would hide what the organization's name is used for.
const whole = fullOrder();
delete whole.configuration.branding!.displayName;

test.each(Object.entries(FIELD_READERS).filter(([, readers]) => readers !== 'never'))(
  'another %s changes what is made by exactly those the table names',
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
