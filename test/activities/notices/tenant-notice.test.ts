import { createExportMail } from '../../../activities/notices/export-notice';
import { createNotify } from '../../../activities/notices/notify';
import type { TenantNotice } from '../../../contract/maintenance/customer-mail';
import type { OperationKind } from '../../../contract/operations/kinds';
import type { OperationParameters } from '../../../contract/operations/inputs';
import { mailId, type Mail } from '../../../providers/mail/mailer';
import { transaction } from '../../../registry/database';
import { destroyTenantKey } from '../../../registry/keys/tenant-keys';
import { listUndelivered, settleMail } from '../../../registry/operations/mails';
import { forgetBelongings } from '../../../registry/tenants/forgetting';
import { activeTenant, changed } from '../../helpers/tenants/accepted';
import { mailDependencies } from '../../helpers/events/mailing';
import { createTestRegistry, type TestRegistry } from '../../helpers/registry';

const SECRET = 'Called by Ann about invoice 2026-118';

let registry: TestRegistry;
let sent: Mail[];
let serverDown: boolean;
beforeAll(async () => {
  registry = await createTestRegistry();
});
beforeEach(() => {
  sent = [];
  serverDown = false;
});
afterAll(() => registry.drop());

const notify = async (operationId: string, about: TenantNotice): Promise<Mail[]> => {
  const send = (mail: Mail): Promise<void> => {
    if (serverDown) return Promise.reject(new Error('no answer'));
    sent.push(mail);
    return Promise.resolve();
  };
  await createNotify(mailDependencies(registry, { send })).notifyTenant({ operationId, about });
  return sent;
};

/** A tenant that has been changed, and the operation that did it. */
async function tenantAfter(kind: OperationKind, parameters: OperationParameters) {
  const tenant = await activeTenant(registry);
  const { tenantId } = tenant;
  if (kind === 'resume')
    await changed(
      registry,
      tenantId,
      { kind: 'suspend', parameters: { access: 'closed', reason: 'abuse' } },
      'running',
      'completed',
    );
  const ends = kind === 'deprovision' ? (['running', 'grace'] as const) : (['running', 'completed'] as const);
  const operationId = await changed(registry, tenantId, { kind, parameters, message: SECRET }, ...ends);
  return { ...tenant, operationId };
}

const suspended = (access: 'closed' | 'read-only' = 'closed') =>
  tenantAfter('suspend', { access, reason: 'non_payment' });
const leaving = async (removalAt = '2030-12-31T09:00:00Z') => {
  const tenant = await tenantAfter('deprovision', { access: 'closed', reason: 'customer_request', export: true });
  await registry.pool.query(`update tenant set state = 'leaving' where tenant_id = $1`, [tenant.tenantId]);
  await registry.pool.query(`update operation set removal_at = $2 where operation_id = $1`, [
    tenant.operationId,
    removalAt,
  ]);
  return tenant;
};

test('a suspension is told to the first admin in words, without what the operator wrote', async () => {
  const { operationId, tenantId, order } = await suspended();
  const [mail] = await notify(operationId, 'suspended');
  expect(mail).toMatchObject({ to: order.adminUser.email, subject: `${order.organizationName} is suspended` });
  expect(mail!.text).toContain('because an invoice is unpaid');
  expect(mail!.text).toContain(operationId);
  expect(`${mail!.text}${mail!.html}`).not.toMatch(new RegExp(`${tenantId}|${SECRET}|Ann|api\\.example`));
});

test('a mail says whether the tenant can be read', async () => {
  const { operationId } = await suspended('read-only');
  expect((await notify(operationId, 'suspended'))[0]!.text).toContain('people can sign in and read');
});

test('the end of a suspension is told', async () => {
  const { operationId, order } = await tenantAfter('resume', { access: 'open' });
  expect((await notify(operationId, 'resumed'))[0]!.subject).toBe(`${order.organizationName} is open again`);
});

test('each operation tells each subject once, however often it is requested', async () => {
  const { operationId } = await suspended();
  for (let n = 0; n < 3; n++) await notify(operationId, 'suspended');
  expect(sent).toHaveLength(1);
});

test('a suspension whose mail waits for the mail server is not told once the tenant is open again', async () => {
  const { operationId, tenantId } = await suspended();
  serverDown = true;
  await notify(operationId, 'suspended');
  expect(await listUndelivered(registry.pool, [operationId])).toMatchObject([
    { purpose: 'suspended', state: 'pending' },
  ]);
  await changed(registry, tenantId, { kind: 'resume', parameters: { access: 'open' } }, 'running', 'completed');
  serverDown = false;
  expect(await notify(operationId, 'suspended')).toEqual([]);
  expect(await listUndelivered(registry.pool, [operationId])).toEqual([]);
});

test('a removal is told with its date, and that a copy is made', async () => {
  const { operationId } = await leaving();
  const [{ subject, text }] = (await notify(operationId, 'leaving')) as [Mail];
  expect(subject).toContain('will be removed on 31 December 2030 at 09:00 UTC');
  expect(text).toContain('a copy of your data is made');
});

test.each(['compensating', 'removing'])('a removal that is %s is not announced any more', async (status) => {
  const { operationId } = await leaving();
  await registry.pool.query('update operation set status = $2 where operation_id = $1', [operationId, status]);
  expect(await notify(operationId, 'leaving')).toEqual([]);
});

test('a removal that was called off is told, and its announcement is not sent after that', async () => {
  const { operationId, tenantId } = await leaving();
  serverDown = true;
  await notify(operationId, 'leaving');
  serverDown = false;
  await registry.pool.query(`update operation set status = 'cancelled' where operation_id = $1`, [operationId]);
  await registry.pool.query(`update tenant set state = 'active' where tenant_id = $1`, [tenantId]);
  await notify(operationId, 'called-off');
  await notify(operationId, 'leaving');
  expect(sent.map(({ subject }) => subject)).toEqual([expect.stringContaining('is not removed')]);
});

describe('a copy that is ready', () => {
  /** A removal past its pivot with an export; the mail about it was tried once. */
  async function exported() {
    const tenant = await leaving();
    const { operationId, tenantId } = tenant;
    const until = createExportMail({ pool: registry.pool }).awaitExportMail;
    await registry.pool.query(
      `insert into tenant_export (operation_id, tenant_id, region, recipient, own_identity, state, ready_at)
       values ($1, $2, 'eu-central', 'age1customer', false, 'ready', now())`,
      [operationId, tenantId],
    );
    await notify(operationId, 'exported');
    await transaction(registry.pool, (client) => forgetBelongings(client, tenantId));
    return { ...tenant, until: () => until({ operationId }) };
  }

  test('is told even if the mail server is away when the removal begins', async () => {
    serverDown = true;
    const { operationId, order, until } = await exported();
    await expect(until()).rejects.toMatchObject({ type: 'ProviderUnavailable', nonRetryable: false });
    serverDown = false;
    expect(await notify(operationId, 'exported')).toMatchObject([{ to: order.adminUser.email }]);
    expect(await until()).toEqual({});
  });

  test('that cannot be told is given up with the reason', async () => {
    serverDown = true;
    const { operationId, until } = await exported();
    await settleMail(registry.pool, mailId(operationId, 'exported'), 'refused', 'There is no such mailbox.');
    expect(await until()).toEqual({ problem: 'There is no such mailbox.' });
    expect(await listUndelivered(registry.pool, [operationId])).toMatchObject([{ state: 'refused' }]);
  });
});

describe('the end of a trial', () => {
  const trial = async (endsIn: string) => {
    const { tenantId, operationId } = await activeTenant(registry);
    const end = (interval: string) =>
      registry.pool.query(
        `update tenant set trial_ends_at = now() + $2::interval, trial_then = 'suspend', trial_reminded_at = now() where tenant_id = $1`,
        [tenantId, interval],
      );
    await end(endsIn);
    return { operationId, end };
  };

  test('is told at each reminder once, and again when it was moved', async () => {
    const { operationId, end } = await trial('7 days');
    await notify(operationId, 'trial-ending');
    await notify(operationId, 'trial-ending');
    expect(sent).toHaveLength(1);
    expect(sent[0]!.subject).toContain('The trial of');
    await end('14 days');
    await notify(operationId, 'trial-ending');
    expect(sent).toHaveLength(2);
  });

  test('is not told when it has passed, or when there is no trial', async () => {
    const { operationId } = await trial('-1 minute');
    expect(await notify(operationId, 'trial-ending')).toEqual([]);
    const other = await activeTenant(registry);
    expect(await notify(other.operationId, 'trial-ending')).toEqual([]);
  });
});

test('when the address can no longer be read, the mail is given up with the reason', async () => {
  const { operationId, tenantId } = await suspended();
  await destroyTenantKey(registry.pool, tenantId);
  expect(await notify(operationId, 'suspended')).toEqual([]);
  const [given] = await listUndelivered(registry.pool, [operationId]);
  expect(given).toMatchObject({ state: 'expired', recipient: 'first-admin' });
  expect(given!.problem).toContain('key was destroyed');
});

test('an operation missing from the registry is a failure that is not retried', async () => {
  await expect(notify('op_missing', 'suspended')).rejects.toMatchObject({
    type: 'OperationNotFound',
    nonRetryable: true,
  });
});
