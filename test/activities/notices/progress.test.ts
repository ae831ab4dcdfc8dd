import { createNotify } from '../../../activities/notices/notify';
import { deliverDue, sendNow } from '../../../activities/notices/mail/mail-delivery';
import { CUSTOMER_MAIL_READER, enqueueProgress } from '../../../activities/notices/progress-letters';
import type { TenantProvisioningRequest } from '../../../contract/orders/order';
import type { OperationStatus } from '../../../contract/operations/states';
import type { Mail } from '../../../providers/mail/mailer';
import { readEvents } from '../../../registry/events/readers';
import type { Letter } from '../../../registry/operations/mails';
import { recordOutcome } from '../../../registry/operations/transitions';
import { acceptTenant, type AcceptedTenant } from '../../helpers/tenants/accepted';
import { mailDependencies } from '../../helpers/events/mailing';
import { createTestRegistry, type TestRegistry } from '../../helpers/registry';

const CONTACT = { email: 'it@customer.example' };

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

const dependencies = () =>
  mailDependencies(registry, {
    send: (mail) => {
      if (serverDown) return Promise.reject(new Error('no answer'));
      sent.push(mail);
      return Promise.resolve();
    },
  });

/** Stores the mails of all new events. */
async function follow(): Promise<Letter[]> {
  const letters: Letter[] = [];
  await readEvents(registry.pool, CUSTOMER_MAIL_READER, 1000, async (events, client) => {
    letters.push(...(await enqueueProgress(client, events)));
  });
  return letters;
}

const order = (
  plan: TenantProvisioningRequest['subscription']['plan'],
  changes: Partial<TenantProvisioningRequest> = {},
): Promise<AcceptedTenant> =>
  acceptTenant(registry, { subscription: { plan, billingCycle: 'monthly', features: [] }, ...changes });

async function report({ operationId }: AcceptedTenant, ...statuses: OperationStatus[]): Promise<void> {
  for (const status of statuses) {
    const outcome = await recordOutcome(registry.pool, { operationId, status });
    if (outcome !== 'committed') throw new Error(`${status} was refused.`);
    await sendNow(dependencies(), await follow());
  }
}

const about = ({ to, messageId }: Mail): [string, string | undefined] => [to, messageId.split('.')[1]];
const dueNow = (): Promise<unknown> =>
  registry.pool.query(`update mail set next_try_at = now() where state = 'pending'`);

test('a customer of a plan with progress mails is told how the order goes on, in order and once', async () => {
  const tenant = await order('professional');
  await report(tenant, 'validating', 'awaiting_approval', 'provisioning', 'on_hold', 'provisioning', 'on_hold');
  await sendNow(dependencies(), await follow());
  const { email } = tenant.order.adminUser;
  expect(sent.map(about)).toEqual([
    [email, 'accepted'],
    [email, 'approval-pending'],
    [email, 'approved'],
    [email, 'delayed'],
    [email, 'delayed'],
  ]);
  expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(5);
});

test('events of types that a newer version has added are passed over, and the mails behind them are sent', async () => {
  const tenant = await order('professional');
  await registry.pool.query(
    `insert into event (type, tenant_id, operation_id, data) select 'tenant.renamed', $1, $2, '{}' from generate_series(1, 3)`,
    [tenant.tenantId, tenant.operationId],
  );
  await report(tenant, 'validating', 'provisioning', 'on_hold');
  expect(sent.map(about)).toEqual([
    [tenant.order.adminUser.email, 'accepted'],
    [tenant.order.adminUser.email, 'delayed'],
  ]);
});

test('a customer of a plan without progress mails gets none', async () => {
  await report(await order('starter'), 'validating', 'awaiting_approval', 'provisioning', 'on_hold');
  expect(sent).toEqual([]);
});

test('the contact of an order gets the mails of its plan, and that the tenant is set up', async () => {
  const tenant = await order('enterprise', { contact: CONTACT });
  await report(tenant, 'validating', 'provisioning', 'active');
  const toContact = sent.filter(({ to }) => to === CONTACT.email);
  expect(toContact.map(about)).toEqual([
    [CONTACT.email, 'accepted'],
    [CONTACT.email, 'set-up'],
  ]);
  expect(toContact[1]!.text).toContain('Plan: Enterprise');
  expect(toContact[1]!.text).not.toMatch(/password|claim/);
});

test('an order without a contact sends nothing to one, and misses nothing', async () => {
  const tenant = await order('enterprise');
  await report(tenant, 'validating', 'provisioning', 'active');
  expect(sent.map(({ to }) => to)).toEqual([tenant.order.adminUser.email]);
});

test('mails are written in the language of the order', async () => {
  await report(await order('professional', { configuration: { settings: { locale: 'de-AT' } } }), 'validating');
  expect(sent[0]).toMatchObject({
    language: 'de-AT',
    subject: expect.stringContaining('Wir richten den Arbeitsbereich'),
  });
});

test('a mail that was stored before a crash is sent with the next round, and a later one does not overtake it', async () => {
  const tenant = await order('professional');
  await follow();
  serverDown = true;
  await report(tenant, 'validating', 'awaiting_approval');
  serverDown = false;
  await dueNow();
  await deliverDue(dependencies());
  expect(sent.map((mail) => about(mail)[1])).toEqual(['accepted', 'approval-pending']);
});

test('progress that is no longer true is not told', async () => {
  const tenant = await order('professional');
  serverDown = true;
  await report(tenant, 'validating', 'provisioning', 'on_hold', 'provisioning', 'active');
  serverDown = false;
  await dueNow();
  await deliverDue(dependencies());
  expect(sent).toEqual([]);
});

test('a setup that takes longer than its plan calls usual is told once', async () => {
  const tenant = await order('professional');
  await report(tenant, 'validating', 'provisioning');
  const older = (minutes: number): Promise<unknown> =>
    registry.pool.query(`update operation set created_at = now() - make_interval(mins => $2) where operation_id = $1`, [
      tenant.operationId,
      minutes,
    ]);
  await older(59);
  await deliverDue(dependencies());
  expect(sent.map((mail) => about(mail)[1])).toEqual(['accepted']);
  await older(61);
  for (let round = 0; round < 2; round++) await deliverDue(dependencies());
  expect(sent.map((mail) => about(mail)[1])).toEqual(['accepted', 'delayed']);
});

describe('a failure of an order', () => {
  const fail = async (tenant: AcceptedTenant, type: 'InternalError' | 'Cancelled'): Promise<void> => {
    const { operationId } = tenant;
    await recordOutcome(registry.pool, { operationId, status: 'compensating' });
    const failure = { type, message: 'It failed.', step: 'database' } as const;
    await createNotify(dependencies()).notifyCustomer({ operationId, failure });
  };

  test('is told to the first admin and the contact where the plan says so', async () => {
    const tenant = await order('professional', { contact: CONTACT });
    await fail(tenant, 'InternalError');
    expect(sent.map(({ to }) => to).sort()).toEqual([tenant.order.adminUser.email, CONTACT.email].sort());
  });

  test('is told to the first admin of every plan', async () => {
    const tenant = await order('starter', { contact: CONTACT });
    await fail(tenant, 'InternalError');
    expect(sent.map(({ to }) => to)).toEqual([tenant.order.adminUser.email]);
  });

  test('that is a cancellation is told to those who know of the order', async () => {
    await fail(await order('starter'), 'Cancelled');
    expect(sent).toEqual([]);
    await fail(await order('professional'), 'Cancelled');
    expect(sent.map(({ subject }) => subject)).toEqual([expect.stringContaining('was cancelled')]);
  });
});
