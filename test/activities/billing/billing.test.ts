import type Stripe from 'stripe';
import { createBillingWatch } from '../../../activities/billing/billing';
import type { DunningTemplate } from '../../../templates/billing-template';
import { createBilling, type Billing } from '../../../providers/stripe/stripe';
import { recordPayment } from '../../../registry/billing/arrears';
import { transaction } from '../../../registry/database';
import { acceptChange } from '../../../registry/operations/change-acceptance';
import { recordOutcome } from '../../../registry/operations/transitions';
import { recordStripeEvent, recordUnassignedEvent } from '../../../registry/billing/stripe-events';
import { billedTenant, type BilledTenant } from '../../helpers/tenants/billing';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';
import { clientFor, startBench, type Bench } from '../../stack/simulators/stripe/support';

jest.setTimeout(120_000);

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the activities of billing: not run, this machine has no PostgreSQL');

const DUNNING: DunningTemplate = { remindDays: [3], suspendAfterDays: 10 };

suite('what Stripe reports of a tenant', () => {
  let registry: TestRegistry;
  let bench: Bench;
  let billing: Billing;
  let price: Stripe.Price;
  let events = 0;
  beforeAll(async () => {
    registry = await createTestRegistry();
    bench = await startBench();
    bench.stripe = clientFor(bench.url, 'sk_test_bench', 30_000);
    billing = createBilling({ apiKey: 'sk_test_bench', url: bench.url, allowLiveKey: false });
    const product = await bench.stripe.products.create({ name: 'Starter' });
    price = await bench.stripe.prices.create({
      product: product.id,
      currency: 'eur',
      unit_amount: 1000,
      lookup_key: 'plan-starter-monthly',
      recurring: { interval: 'month' },
    });
  });
  afterAll(async () => {
    await billing.close();
    await bench.close();
    await registry.drop();
  });

  const activities = () => {
    const { pool, keys } = registry;
    return createBillingWatch({ pool, keys, billing, signal: () => new AbortController().signal });
  };

  /** A tenant whose subscription charges this card. */
  async function tenantWith(card: string, dunning: DunningTemplate | undefined = DUNNING) {
    const customer = await bench.stripe.customers.create();
    const method = await bench.stripe.paymentMethods.attach(card, { customer: customer.id });
    const subscription = await bench.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      default_payment_method: method.id,
    });
    const tenant = await billedTenant(registry, {
      customerId: customer.id,
      subscriptionId: subscription.id,
      ...(dunning && { dunning }),
    });
    return { ...tenant, invoiceId: subscription.latest_invoice as string };
  }

  /** What Stripe says arrives, and is handled. */
  async function report(
    { tenantId, customerId }: BilledTenant,
    type: string,
    objectId: string,
    at = new Date(),
  ): Promise<void> {
    await recordStripeEvent(registry.pool, { eventId: `evt_${++events}`, type, objectId, customerId, occurredAt: at });
    await activities().handleBillingEvents({ tenantId });
  }

  async function payWithAnotherCard({ customerId, invoiceId }: BilledTenant & { invoiceId: string }): Promise<void> {
    const method = await bench.stripe.paymentMethods.attach('pm_card_visa', { customer: customerId });
    await bench.stripe.invoices.pay(invoiceId, { payment_method: method.id });
  }

  const told = async (tenantId: string, type: string) =>
    (
      await registry.pool.query<{ data: Record<string, unknown> }>(
        `select data from event where tenant_id = $1 and type = $2 order by event_id`,
        [tenantId, type],
      )
    ).rows.map(({ data }) => data);
  const changes = async (tenantId: string) =>
    (
      await registry.pool.query<{ operationId: string; kind: string; caller: string; parameters: object }>(
        `select operation_id as "operationId", kind, caller, parameters from operation
         where tenant_id = $1 and kind <> 'provision' order by created_at`,
        [tenantId],
      )
    ).rows;
  const finish = async (operationId: string) => {
    for (const status of ['running', 'completed'] as const) await recordOutcome(registry.pool, { operationId, status });
  };
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

  test('a failed payment is told once, and the customer is reminded at once and on the plan’s days', async () => {
    const tenant = await tenantWith('pm_card_chargeCustomerFail');
    const { tenantId, invoiceId } = tenant;
    await report(tenant, 'invoice.payment_failed', invoiceId, daysAgo(2));
    expect(await told(tenantId, 'billing.payment')).toEqual([{ state: 'failed', invoice: invoiceId, attempts: 1 }]);
    expect(await activities().readArrears({ tenantId })).toMatchObject({ state: 'open', due: 'remind' });
    await activities().recordArrearsReminder({ tenantId });
    const waiting = await activities().readArrears({ tenantId });
    expect(waiting).toMatchObject({ state: 'open', due: undefined });
    expect(waiting).toMatchObject({ seconds: expect.closeTo(86_400, -3) });
  });

  test('a payment that needs its owner is told as such', async () => {
    const tenant = await tenantWith('pm_card_authenticationRequired');
    await report(tenant, 'invoice.payment_action_required', tenant.invoiceId);
    expect(await told(tenant.tenantId, 'billing.payment')).toMatchObject([{ state: 'action_required' }]);
    expect(await activities().readArrears(tenant)).toMatchObject({ actionRequired: true });
  });

  test('an event that Stripe contradicts by now changes nothing, in whatever order events arrive', async () => {
    const tenant = await tenantWith('pm_card_chargeCustomerFail');
    const { tenantId, invoiceId } = tenant;
    await payWithAnotherCard(tenant);
    await report(tenant, 'invoice.paid', invoiceId);
    await report(tenant, 'invoice.payment_failed', invoiceId, daysAgo(1));
    expect(await told(tenantId, 'billing.payment')).toEqual([{ state: 'succeeded', invoice: invoiceId, attempts: 2 }]);
    expect(await activities().readArrears({ tenantId })).toEqual({ state: 'none' });
  });

  test('a tenant is suspended as an operation when the plan’s days are over, and resumed once it has paid', async () => {
    const tenant = await tenantWith('pm_card_chargeCustomerFail');
    const { tenantId, invoiceId } = tenant;
    await report(tenant, 'invoice.payment_failed', invoiceId, daysAgo(11));
    await activities().recordArrearsReminder({ tenantId });
    expect(await activities().readArrears({ tenantId })).toMatchObject({ due: 'suspend' });
    const answers = await Promise.all([1, 2, 3].map(() => activities().suspendForArrears({ tenantId })));
    expect(answers.filter(({ answer }) => answer === 'done')).toHaveLength(1);
    const [suspension] = await changes(tenantId);
    expect(suspension).toMatchObject({
      kind: 'suspend',
      caller: 'dunning',
      parameters: { access: 'closed', reason: 'non_payment' },
    });
    await payWithAnotherCard(tenant);
    await report(tenant, 'invoice.paid', invoiceId);
    expect(await activities().resumeAfterPayment({ tenantId })).toEqual({ answer: 'wait' });
    await finish(suspension!.operationId);
    expect(await activities().resumeAfterPayment({ tenantId })).toEqual({ answer: 'done' });
    expect(await changes(tenantId)).toMatchObject([{ kind: 'suspend' }, { kind: 'resume', caller: 'dunning' }]);
    expect(await activities().readArrears({ tenantId })).toEqual({ state: 'none' });
  });

  test('a tenant that has paid is not suspended although Stripe’s event of the payment is lost', async () => {
    const tenant = await tenantWith('pm_card_chargeCustomerFail');
    const { tenantId, invoiceId } = tenant;
    await report(tenant, 'invoice.payment_failed', invoiceId, daysAgo(11));
    await activities().recordArrearsReminder({ tenantId });
    await payWithAnotherCard(tenant);
    expect(await activities().suspendForArrears({ tenantId })).toEqual({ answer: 'changed' });
    expect(await changes(tenantId)).toEqual([]);
    expect(await activities().readArrears({ tenantId })).toMatchObject({ due: 'close', thank: true });
  });

  test('an invoice that is unpaid after the arrears before it were paid begins its own days', async () => {
    const tenant = await tenantWith('pm_card_chargeCustomerFail');
    const { tenantId, invoiceId } = tenant;
    await report(tenant, 'invoice.payment_failed', invoiceId, daysAgo(20));
    await activities().recordArrearsReminder({ tenantId });
    await payWithAnotherCard(tenant);
    await report(tenant, 'invoice.paid', invoiceId);
    // The run has not closed the paid arrears yet.
    const next = { invoiceId: 'in_next', actionRequired: false };
    await transaction(registry.pool, (client) =>
      recordPayment(client, { tenantId, ...next, payment: undefined, unpaid: next, occurredAt: daysAgo(1) }),
    );
    expect(await activities().readArrears({ tenantId })).toMatchObject({ state: 'open', due: 'remind' });
    await activities().recordArrearsReminder({ tenantId });
    expect(await activities().readArrears({ tenantId })).toMatchObject({ state: 'open', due: undefined });
    expect((await activities().suspendForArrears({ tenantId })).answer).toBe('changed');
  });

  test('a tenant that somebody else has suspended stays suspended when it pays', async () => {
    const tenant = await tenantWith('pm_card_chargeCustomerFail');
    const { tenantId, invoiceId } = tenant;
    await report(tenant, 'invoice.payment_failed', invoiceId, daysAgo(1));
    const abuse = await acceptChange(registry.pool, registry.keys, {
      kind: 'suspend',
      tenantId,
      caller: 'token:operator',
      requestHash: Buffer.alloc(32),
      parameters: { access: 'closed', reason: 'abuse' },
    });
    if (abuse.outcome !== 'accepted') throw new Error(abuse.outcome);
    await finish(abuse.run.operationId);
    await payWithAnotherCard(tenant);
    await report(tenant, 'invoice.paid', invoiceId);
    expect(await activities().readArrears({ tenantId })).toMatchObject({ due: 'close' });
    expect(await activities().resumeAfterPayment({ tenantId })).toEqual({ answer: 'changed' });
    await activities().closeArrears({ tenantId });
    expect(await changes(tenantId)).toHaveLength(1);
  });

  test('an operator who resumes an unpaid tenant is not overruled', async () => {
    const tenant = await tenantWith('pm_card_chargeCustomerFail');
    const { tenantId, invoiceId } = tenant;
    await report(tenant, 'invoice.payment_failed', invoiceId, daysAgo(11));
    await activities().recordArrearsReminder({ tenantId });
    await activities().suspendForArrears({ tenantId });
    await finish((await changes(tenantId))[0]!.operationId);
    const resumed = await acceptChange(registry.pool, registry.keys, {
      kind: 'resume',
      tenantId,
      caller: 'token:operator',
      requestHash: Buffer.alloc(32),
      parameters: { access: 'open' },
    });
    if (resumed.outcome !== 'accepted') throw new Error(resumed.outcome);
    await finish(resumed.run.operationId);
    expect(await activities().readArrears({ tenantId })).toMatchObject({ state: 'open', due: undefined });
    expect(await activities().suspendForArrears({ tenantId })).toEqual({ answer: 'changed' });
  });

  test('a plan without dunning tells the customer once, and suspends nobody', async () => {
    const customer = await tenantWith('pm_card_chargeCustomerFail', {});
    await report(customer, 'invoice.payment_failed', customer.invoiceId, daysAgo(300));
    expect(await activities().readArrears(customer)).toMatchObject({ due: 'remind' });
    await activities().recordArrearsReminder(customer);
    expect(await activities().readArrears(customer)).toMatchObject({ due: undefined, seconds: undefined });
  });

  test('a subscription that is changed, paused or cancelled at Stripe by hand is found, and found mended', async () => {
    const tenant = await tenantWith('pm_card_visa');
    const { tenantId, subscriptionId } = tenant;
    const open = async () =>
      (
        await registry.pool.query<{ problem: string }>(
          `select problem from billing_finding where tenant_id = $1 and ended_at is null order by problem`,
          [tenantId],
        )
      ).rows.map(({ problem }) => problem);
    await report(tenant, 'customer.subscription.updated', subscriptionId);
    expect(await open()).toEqual([]);
    await bench.stripe.subscriptions.update(subscriptionId, {
      cancel_at_period_end: true,
      pause_collection: { behavior: 'void' },
    });
    await report(tenant, 'customer.subscription.updated', subscriptionId);
    expect(await open()).toEqual(['collection_paused', 'subscription_cancelled']);
    await report(tenant, 'customer.subscription.updated', subscriptionId);
    await bench.stripe.subscriptions.update(subscriptionId, { cancel_at_period_end: false, pause_collection: '' });
    await report(tenant, 'customer.subscription.updated', subscriptionId);
    expect(await open()).toEqual([]);
    await bench.stripe.subscriptions.cancel(subscriptionId);
    await report(tenant, 'customer.subscription.deleted', subscriptionId);
    expect(await open()).toEqual(['subscription_cancelled']);
    const findings = (await told(tenantId, 'billing.finding')).map(
      ({ problem, state }) => `${String(problem)} ${String(state)}`,
    );
    expect(findings.sort()).toEqual([
      'collection_paused ended',
      'collection_paused found',
      'subscription_cancelled ended',
      'subscription_cancelled found',
      'subscription_cancelled found',
    ]);
  });

  test('a disputed payment is found for the tenant whose account was charged, until the dispute is decided', async () => {
    const tenant = await tenantWith('pm_card_createDispute');
    const { tenantId } = tenant;
    const [dispute] = (await bench.stripe.disputes.list({ limit: 1 })).data;
    const objectId = dispute!.id;
    const disputed = (type: string) =>
      recordUnassignedEvent(registry.pool, { eventId: `evt_${++events}`, type, objectId, occurredAt: new Date() });
    await disputed('charge.dispute.created');
    await activities().assignBillingEvents();
    await activities().handleBillingEvents({ tenantId });
    await bench.stripe.disputes.close(objectId);
    await disputed('charge.dispute.closed');
    await activities().assignBillingEvents();
    await activities().handleBillingEvents({ tenantId });
    expect(await told(tenantId, 'billing.finding')).toMatchObject([
      { problem: 'payment_disputed', object: objectId, state: 'found' },
      { problem: 'payment_disputed', object: objectId, state: 'ended' },
    ]);
  });
});
