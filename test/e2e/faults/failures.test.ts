import { Client as Postgres } from 'pg';
import type { FailureType } from '../../../contract/operations/failures';
import { dashName, underscoreName } from '../../../contract/ids';
import type { Plan, TenantProvisioningRequest } from '../../../contract/orders/order';
import type { Operation } from '../../../contract/schemas/operation-schema';
import type { Step } from '../../../contract/operations/steps';
import { startFaultProxy, type FaultProxy } from '../../helpers/providers/fault-proxy';
import { plan, startTestProduct, type Ordered, type TestProduct } from '../../helpers/product';
import { searchForSecrets } from '../../helpers/secrecy/secrecy';
import { stackEndpoints } from '../../stack';

/** A real failure of a provider that affects one tenant only. */
interface Fault {
  what: string;
  step: Step;
  type: FailureType;
  plan?: Plan;
  order?: Partial<TenantProvisioningRequest>;
  /** Injects the failure once the tenant's id is known. */
  begin?: (tenantId: string) => Promise<void>;
  /** Permitted numbers of attempts of the step. */
  attempts: number[];
}

const FAULTS: Fault[] = [
  {
    what: 'the last place is taken between validation and reservation',
    step: 'reserve',
    type: 'CapacityExhausted',
    order: { region: 'us-east' },
    begin: (tenantId) =>
      inRegistry(`
        create function fill() returns trigger language plpgsql as $$
          begin update cell set capacity = used where region = 'us-east' and kind = 'storage'; return new; end $$;
        create trigger fill before update on operation for each row
          when (new.tenant_id = '${tenantId}' and old.status <> 'provisioning' and new.status = 'provisioning') execute function fill()`),
    attempts: [1],
  },
  {
    what: 'the database server cannot write',
    step: 'database',
    type: 'OutcomeUnknown',
    plan: 'professional',
    begin: (tenantId) =>
      inCluster(
        'app_schemas',
        `create function refuse_${tenantId}() returns event_trigger language plpgsql as $$
           begin
             if exists (select from pg_event_trigger_ddl_commands() where object_identity = '${underscoreName(tenantId)}') then
               raise sqlstate '58030';
             end if;
           end $$;
         create event trigger refuse_${tenantId} on ddl_command_end when tag in ('CREATE SCHEMA') execute function refuse_${tenantId}()`,
        `drop event trigger refuse_${tenantId}; drop function refuse_${tenantId}`,
      ),
    attempts: [3],
  },
  {
    what: 'the object store refuses the bucket',
    step: 'storage-and-compute',
    type: 'ProviderRefused',
    begin: async (tenantId) => {
      // The policy is set after the creation, so the bucket exists when the step fails.
      s3.add({ method: 'PUT', path: new RegExp(`^/${dashName(tenantId)}/?\\?.*policy`), does: 403 });
    },
    attempts: [1],
  },
  {
    what: 'the object store has an internal error',
    step: 'storage-and-compute',
    type: 'OutcomeUnknown',
    begin: async (tenantId) => {
      s3.add({ path: new RegExp(`^/${dashName(tenantId)}`), does: 500, times: 3 });
    },
    attempts: [3],
  },
  {
    what: 'the registry refuses the API keys',
    step: 'security',
    type: 'ProviderRefused',
    plan: 'professional',
    begin: (tenantId) => refuseInsert('api_key', tenantId),
    attempts: [1],
  },
  {
    what: 'the registry refuses the configuration',
    step: 'configuration',
    type: 'ProviderRefused',
    begin: (tenantId) => refuseInsert('configuration', tenantId),
    attempts: [1],
  },
  {
    what: 'the identity provider has an internal error',
    step: 'identity',
    type: 'OutcomeUnknown',
    begin: async (tenantId) => {
      keycloak.add({ method: 'GET', path: new RegExp(`/users/?\\?.*${dashName(tenantId)}`), does: 500, times: 3 });
    },
    attempts: [3],
  },
  {
    what: 'the card is declined',
    step: 'integrations',
    type: 'PaymentMethodDeclined',
    plan: 'professional',
    order: { paymentMethod: 'pm_card_chargeDeclined' },
    attempts: [1],
  },
  {
    what: 'the finished tenant cannot write to its tables',
    step: 'verify',
    type: 'VerificationFailed',
    begin: (tenantId) =>
      inCluster(
        'app_pool',
        // The function has its own schema: in the tenants' schema step 9 would report it for every tenant, as any login may call it.
        `create schema refuse_${tenantId};
         create function refuse_${tenantId}.refuse() returns trigger language plpgsql as $$ begin raise sqlstate '42501'; end $$;
         create trigger refuse_${tenantId} before insert on app.health_check for each row
           when (new.tenant_id = '${tenantId}') execute function refuse_${tenantId}.refuse()`,
        `drop schema refuse_${tenantId} cascade`,
      ),
    // The failed check is final. On a busy machine an earlier attempt may have ended because another check of the step got no answer.
    attempts: [1, 2, 3],
  },
];

/** Customizations that wait for an approver, so that the tenant's id is known before anything is made. */
const WAITING: Record<string, Partial<TenantProvisioningRequest>> = {
  starter: { customizations: { storageQuotaGb: 10 } },
  professional: { customizations: { storageQuotaGb: 100 } },
};

let product: TestProduct;
let s3: FaultProxy;
let keycloak: FaultProxy;
let usedBefore: object[];
const undo: (() => Promise<void>)[] = [];
const ordered = new Map<Fault, Promise<Ordered>>();

beforeAll(async () => {
  const endpoints = stackEndpoints('s3', 'keycloak');
  const { 'eu-central': store, ...otherStores } = endpoints.s3!;
  s3 = await startFaultProxy(store!.endpoint);
  keycloak = await startFaultProxy(endpoints.keycloak!.url);
  product = await startTestProduct({
    via: {
      s3: { ...otherStores, 'eu-central': { ...store!, endpoint: s3.url } },
      keycloak: { ...endpoints.keycloak!, url: keycloak.url },
    },
  });
  usedBefore = await used();
  for (const fault of FAULTS) ordered.set(fault, begin(fault));
  await Promise.all(ordered.values());
});

afterAll(async () => {
  for (const restore of undo) await restore();
  await product?.stop();
  await Promise.all([s3?.close(), keycloak?.close()]);
});

describe.each(FAULTS)('when $what', (fault) => {
  let run: Ordered;
  let operation: Operation;

  beforeAll(async () => {
    run = await ordered.get(fault)!;
    operation = await product.untilEnded(run.operationId, 90_000);
  });

  test('the operation fails with that type, after the expected number of attempts', () => {
    expect(operation).toMatchObject({
      status: 'failed',
      leftovers: [],
      failure: { step: fault.step, type: fault.type },
    });
    const step = operation.steps.find(({ id }) => id === fault.step)!;
    expect(fault.attempts).toContain(step.attempts);
    expect(step.error).toBeDefined();
    expect(operation.result).toMatchObject({ status: 'failed', resources: { database: [], storage: [], compute: [] } });
  });

  test('Temporal shows the same failure', async () => {
    const handle = product.temporal.workflow.getHandle(`operation/${run.operationId}`);
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: fault.type } });
  });

  test('nothing is left at any provider', async () => {
    expect(await product.providers.traces(run.tenantId)).toEqual([]);
  });

  test('the operators get a mail', async () => {
    const mails = await product.untilMailed(
      ({ subject }) => subject.includes(run.operationId) && subject.startsWith('[failed]'),
    );
    expect(mails.map(({ to }) => to[0]!.address)).toEqual(['operators@example.com']);
  });
});

test('all capacity is released again', async () => {
  expect(await used()).toEqual(usedBefore);
});

test('the name of a failed operation can be ordered again', async () => {
  const declined = await ordered.get(FAULTS.find(({ step }) => step === 'integrations')!)!;
  const { tenantName } = declined.order;
  const again = await product.order({ ...plan('professional'), tenantName });
  expect(again.tenantId).not.toBe(declined.tenantId);
  expect(await product.untilEnded(again.operationId, 110_000)).toMatchObject({ status: 'active', tenantName });
});

test('an answer lost after the bucket was made only delays the order', async () => {
  const run = await product.order(WAITING.starter);
  await product.until(run.operationId, ({ status }) => status === 'awaiting_approval');
  const lost = s3.add({
    method: 'PUT',
    path: new RegExp(`^/${dashName(run.tenantId)}/?(\\?|$)`),
    does: 'lose',
    times: 1,
  });
  await approve(run);
  expect(await product.untilEnded(run.operationId)).toMatchObject({ status: 'active' });
  expect(lost.met).toBe(1);
  expect(await product.providers.inventory(run.tenantId)).toMatchObject({ 'S3: buckets': 1, 'S3: users': 1 });
});

test('no secret appears in logs, histories or other places where it does not belong', async () => {
  const { leaks, secrets, histories, mails } = await searchForSecrets(product);
  expect(leaks).toEqual([]);
  expect(secrets).toBeGreaterThan(20);
  expect(histories).toBeGreaterThan(FAULTS.length);
  expect(mails).toBeGreaterThan(FAULTS.length);
});

async function begin(fault: Fault): Promise<Ordered> {
  const name = fault.plan ?? 'starter';
  const run = await product.order({ ...plan(name), ...WAITING[name], ...fault.order });
  await product.until(run.operationId, ({ status }) => status === 'awaiting_approval');
  await fault.begin?.(run.tenantId);
  await approve(run);
  return run;
}

async function approve({ operationId }: Ordered): Promise<void> {
  const { status } = await product.call('approver', 'POST', `/v1/operations/${operationId}/approval`, {
    decision: 'approve',
  });
  expect(status).toBe(202);
}

async function used(): Promise<object[]> {
  return (await product.registry.query<object>('select region, kind, cell, used from cell order by 1, 2, 3')).rows;
}

async function inRegistry(sql: string): Promise<void> {
  await product.inRegistryAsOwner(sql);
}

function refuseInsert(table: string, tenantId: string): Promise<void> {
  return inRegistry(`
    create or replace function refuse_${table}() returns trigger language plpgsql as $$ begin raise sqlstate '42501'; end $$;
    create trigger refuse before insert on ${table} for each row when (new.tenant_id = '${tenantId}') execute function refuse_${table}()`);
}

/** Runs SQL as the cluster's owner, and undoes it after the tests because other tests use the cluster too. */
async function inCluster(database: string, sql: string, restore: string): Promise<void> {
  const url = new URL(product.endpoints.postgres!.regions['eu-central']!.superuserUrl);
  url.pathname = `/${database}`;
  const run = async (statements: string): Promise<void> => {
    const client = new Postgres({ connectionString: url.href });
    await client.connect();
    await client.query(statements).finally(() => client.end());
  };
  await run(sql);
  undo.push(() => run(restore));
}
