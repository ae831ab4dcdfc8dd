import { CreateBucketCommand, PutBucketTaggingCommand } from '@aws-sdk/client-s3';
import { Client } from 'pg';
import { s3Client } from '../../../providers/storage/s3-client';
import { sendSigned } from '../../../providers/storage/versity/signed-request';
import type { StorageSettings } from '../../../config/regions';
import { dashName, underscoreName } from '../../../contract/ids';
import type { Endpoints } from '../../../stack/types';
import { REGION } from '../proxies/lines';
import { approve, orderWaiting, recovered, type Scenario } from './scenario';

/** A foreign resource under a tenant's name. */
interface Foreigner {
  /** Name as the checker lists it. */
  name(tenantId: string): string;
  plan: 'starter' | 'professional';
  make(endpoints: Endpoints, tenantId: string): Promise<void>;
}

const FOREIGNERS: Record<string, Foreigner> = {
  bucket: {
    name: (tenantId) => `bucket ${dashName(tenantId)}`,
    plan: 'starter',
    make: async ({ s3 }, tenantId) => {
      const settings: StorageSettings = { provider: 'versity', name: REGION, capacity: 1, ...s3![REGION]! };
      const key = { accessKeyId: `stranger-${tenantId}`, secretAccessKey: `secret-of-${tenantId}` };
      const body = `<Account><Access>${key.accessKeyId}</Access><Secret>${key.secretAccessKey}</Secret><Role>userplus</Role></Account>`;
      const url = new URL('/create-user', settings.adminEndpoint);
      const signal = AbortSignal.timeout(10_000);
      await sendSigned({ method: 'PATCH', url, key: settings, region: settings.region, signal, body });
      const stranger = s3Client(settings, key);
      try {
        await stranger.send(new CreateBucketCommand({ Bucket: dashName(tenantId) }));
        await stranger.send(
          new PutBucketTaggingCommand({
            Bucket: dashName(tenantId),
            Tagging: { TagSet: [{ Key: 'owner', Value: 'somebody' }] },
          }),
        );
      } finally {
        stranger.destroy();
      }
    },
  },
  role: {
    name: (tenantId) => `role ${underscoreName(tenantId)}_owner`,
    plan: 'professional',
    make: (endpoints, tenantId) => asSuperuser(endpoints, `create role ${underscoreName(tenantId)}_owner nologin`),
  },
  schema: {
    name: (tenantId) => `schema ${underscoreName(tenantId)}`,
    plan: 'professional',
    make: (endpoints, tenantId) => asSuperuser(endpoints, `create schema ${underscoreName(tenantId)}`),
  },
  organization: {
    name: (tenantId) => `organization ${dashName(tenantId)}`,
    plan: 'starter',
    make: (endpoints, tenantId) =>
      inKeycloak(endpoints, 'organizations', { name: dashName(tenantId), alias: dashName(tenantId), enabled: true }),
  },
  group: {
    name: (tenantId) => `group ${dashName(tenantId)}`,
    plan: 'starter',
    make: (endpoints, tenantId) => inKeycloak(endpoints, 'groups', { name: dashName(tenantId) }),
  },
  account: {
    name: (tenantId) => `account ${dashName(tenantId)}`,
    plan: 'starter',
    make: (endpoints, tenantId) =>
      inKeycloak(endpoints, 'users', { username: `admin-${dashName(tenantId)}`, enabled: false }),
  },
};

/** A foreign resource of each kind exists already: it must be neither adopted nor deleted. */
export function foreignScenarios(): Scenario[] {
  return Object.entries(FOREIGNERS).map(([what, { name, plan, make }]): Scenario => ({
    name: `somebody else’s ${what} of the same name`,
    kind: 'somebody else’s resource of the same name',
    seconds: 2,
    alone: false,
    run: async (world) => {
      const { system, journal } = world;
      const scenario = `somebody else’s ${what} of the same name`;
      journal.plan(scenario);
      const run = await orderWaiting(world, scenario, plan, { fatal: true });
      await make(system.product.endpoints, run.tenantId);
      run.foreign = [name(run.tenantId)];
      await approve(world, run);
      await recovered(world, scenario, [run]);
      const { failure } = await system.product.operation(run.operationId);
      if (failure?.type === 'ResourceNotOurs') journal.fire(scenario);
      journal.expect('I6', scenario, failure?.type === 'ResourceNotOurs', `the failure is ${failure?.type}`);
    },
  }));
}

async function asSuperuser({ postgres }: Endpoints, sql: string): Promise<void> {
  const url = new URL(postgres!.regions[REGION]!.superuserUrl);
  url.pathname = '/app_schemas';
  const client = new Client({ connectionString: url.href });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

async function inKeycloak({ keycloak }: Endpoints, what: string, body: object): Promise<void> {
  const { url, clientId, clientSecret } = keycloak!;
  const grant = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const signIn = await fetch(`${url}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams(grant),
  });
  const { access_token: token } = (await signIn.json()) as { access_token: string };
  const answer = await fetch(`${url}/admin/realms/tenants/${what}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (answer.status !== 201) throw new Error(`Keycloak answered ${answer.status}: ${await answer.text()}`);
}
