import { listOperations } from '../../../registry/views/operation-list';
import { acceptTenant, type AcceptedTenant } from '../../helpers/tenants/accepted';
import { eventually } from '../../stack/eventually';
import { createTestRegistry, type TestRegistry } from '../../helpers/registry';

let registry: TestRegistry;
let tenant: AcceptedTenant;
beforeAll(async () => {
  registry = await createTestRegistry();
  tenant = await acceptTenant(registry);
});
afterAll(async () => registry.drop());

const listed = async (): Promise<string> => listOperations(registry.pool, { limit: 10 });
const sql = (text: string): Promise<unknown> =>
  registry.asOwner(text.replaceAll('$op', `'${tenant.operationId}'`).replaceAll('$tenant', `'${tenant.tenantId}'`));

test('a list is the same text until something of an operation changes', async () => {
  expect(await listed()).toBe(await listed());
});

test.each([
  [
    'an attempt begins',
    `insert into step_event (operation_id, activity_id, attempt, step, direction, started_at)
     values ($op, '1', 1, 'reserve', 'forward', now())`,
  ],
  [
    'an attempt ends',
    `update step_event set ended_at = now(), error_type = 'ProviderRefused' where operation_id = $op`,
  ],
  ['the status changes', `update operation set status = 'active', completed_at = now() where operation_id = $op`],
  [
    'a mail is written',
    `insert into mail (mail_id, purpose, recipient, operation_id, state, created_at)
     values ($op || '.welcome.1', 'welcome', 'first-admin', $op, 'pending', now())`,
  ],
  ['the mail is sent', `update mail set state = 'sent', settled_at = now() where operation_id = $op`],
  [
    'a claim link is made',
    `insert into claim (tenant_id, token_hash, expires_at) values ($tenant, '\\x00', now() + interval '1 second')`,
  ],
  ['the claim link lapses', `select pg_sleep(1.1)`],
])('it shows at once that %s', async (_what, change) => {
  const before = await listed();
  await sql(change);
  const after = await listed();
  expect(after).not.toBe(before);
  expect(await listed()).toBe(after);
});

test('what is added to an operation in progress is worked out once a second, and again when the operation changes', async () => {
  const { operationId } = await acceptTenant(registry);
  let times = 0;
  const list = async (): Promise<void> => {
    await listOperations(registry.pool, { limit: 1 }, ({ operation }) => {
      times += 1;
      return Promise.resolve(operation);
    });
  };
  await list();
  await list();
  expect(times).toBe(1);
  await registry.asOwner(`update operation set status = 'provisioning' where operation_id = '${operationId}'`);
  await list();
  expect(times).toBe(2);
  await eventually(async () => {
    await list();
    return times === 3;
  });
});
