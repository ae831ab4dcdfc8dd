import { createKeycloak } from '../../../providers/keycloak/keycloak';
import { createPostgres } from '../../../providers/postgres/postgres';
import { createStorage } from '../../../providers/storage/storage';
import { createBilling } from '../../../providers/stripe/stripe';
import { toFailure, type Classify } from '../../../providers/port/failures';
import type { ResourceContext, ResourceKind, ResourceSecrets } from '../../../providers/port/kind';
import { loadRegions } from '../../../config/regions';
import { loadTemplates } from '../../../templates/load';
import { REGION } from '../proxies/lines';
import type { ControlSteps, Made } from './orchestrator';

/** The steps of a starter tenant, with the product's own adapters: the comparison is about orchestration, not about calls to providers. */
export function controlSteps(env: NodeJS.ProcessEnv): ControlSteps {
  const regions = loadRegions(env.REGIONS_FILE!, env);
  const region = regions.find(({ name }) => name === REGION)!;
  const template = loadTemplates('templates')
    .list()
    .find(({ subscriptionPlan }) => subscriptionPlan === 'starter')!;
  const postgres = createPostgres(regions, secretsInMemory());
  const storage = createStorage(regions);
  const keycloak = createKeycloak({
    url: env.KEYCLOAK_URL!,
    realm: 'tenants',
    clientId: env.KEYCLOAK_CLIENT_ID!,
    clientSecret: env.KEYCLOAK_CLIENT_SECRET!,
    applicationUrl: undefined,
  });
  const billing = createBilling({ apiKey: env.STRIPE_API_KEY!, url: env.STRIPE_API_BASE, allowLiveKey: false });
  const secrets = new Map<string, ResourceSecrets>();

  async function make<Spec>(
    kind: ResourceKind<Spec>,
    classify: Classify,
    tenantId: string,
    cell: string,
    spec: Spec,
  ): Promise<{ made: Made; id: string }> {
    const mine = `${tenantId} ${kind.kind}`;
    const ownSecrets = secrets.get(mine) ?? secretsInMemory();
    secrets.set(mine, ownSecrets);
    const context = (): ResourceContext<Spec> => ({
      tenantId,
      operationId: `op_${tenantId}`,
      region: cell === '' ? 'global' : REGION,
      cell,
      name: kind.name(tenantId),
      spec,
      id: undefined,
      intendedAt: new Date(Date.now() - 60_000),
      idempotencyKey: `op_${tenantId}:${kind.kind}:0`,
      secrets: ownSecrets,
      signal: AbortSignal.timeout(30_000),
    });
    const { id } = await kind.create(context()).catch((error: unknown) => {
      throw toFailure(error, kind.kind, classify);
    });
    return { id, made: { kind: kind.kind, remove: () => kind.remove(context()) } };
  }

  const { security } = template.configuration;
  return {
    isRecoverable: (error) => (error as { nonRetryable?: boolean }).nonRetryable !== true,
    provision: [
      {
        name: 'provisionDatabase',
        run: async (tenantId) => {
          const cell = region.database.cells[0]!.name;
          return [
            (await make(postgres.pooledShare, postgres.classify, tenantId, cell, template.resources.database)).made,
          ];
        },
      },
      {
        name: 'provisionStorage',
        run: async (tenantId) => {
          const { accessKey, bucket } = storage.forRegion(REGION).kinds;
          const { name: cell } = region.storage;
          const key = await make(accessKey, storage.classify, tenantId, cell, {});
          const spec = { versioning: true, corsOrigins: ['https://control.example.com'] };
          const made = await make(bucket, storage.classify, tenantId, cell, spec);
          return [key.made, made.made];
        },
      },
      {
        name: 'createAdminUser',
        run: async (tenantId) => {
          const { organization, groups, adminUser, classify } = keycloak;
          const first = await make(organization, classify, tenantId, '', { organizationName: 'Control' });
          const second = await make(groups, classify, tenantId, '', { groups: security.groups });
          const third = await make(adminUser, classify, tenantId, '', {
            email: `${tenantId}@control.example`,
            firstName: 'Con',
            lastName: 'Trol',
            role: 'owner',
            groups: security.adminGroups,
            passwordLength: security.passwordLength,
          });
          return [first.made, second.made, third.made];
        },
      },
      {
        name: 'setupIntegrations',
        run: async (tenantId) => {
          const email = `${tenantId}@control.example`;
          const spec = { organizationName: 'Control', email };
          const customer = await make(billing.customer, billing.classify, tenantId, '', spec);
          const subscription = await make(billing.subscription, billing.classify, tenantId, '', {
            plan: template,
            cycle: 'monthly',
            customer: customer.id,
          });
          return [customer.made, subscription.made];
        },
      },
    ],
  };
}

/** Secrets are kept in memory, like everything else in this arm. */
function secretsInMemory(): ResourceSecrets {
  const kept = new Map<string, string>();
  return {
    obtain: async (name, make) => {
      const secret = kept.get(name) ?? make();
      kept.set(name, secret);
      return secret;
    },
    store: async (name, value) => void kept.set(name, value),
    read: async (name) => kept.get(name),
  };
}
