import { createBillingWatch } from '../../../activities/billing/billing';
import type { FailureType } from '../../../contract/operations/failures';
import { failure } from '../../../providers/port/failures';
import { createBilling, type Billing } from '../../../providers/stripe/stripe';
import { retrySetAside } from '../../../registry/billing/set-aside';
import { listUntoldBilling, recordStripeEvent, recordUnassignedEvent } from '../../../registry/billing/stripe-events';
import { billedTenant, type BilledTenant } from '../../helpers/tenants/billing';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

jest.setTimeout(120_000);

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('events that cannot be handled: not run, this machine has no PostgreSQL');

suite('an event of Stripe that cannot be handled', () => {
  let registry: TestRegistry;
  let stripe: Billing;
  let events = 0;
  beforeAll(async () => {
    registry = await createTestRegistry();
    stripe = createBilling({ apiKey: 'sk_test_unused', url: 'http://127.0.0.1:9', allowLiveKey: false });
  });
  afterAll(async () => {
    await stripe.close();
    await registry.drop();
  });

  /** Activities for which Stripe answers about this object with a failure of this type, and about others as usual. */
  const activities = (poison: string, type: FailureType) => {
    const { pool, keys } = registry;
    const refusing = (id: string) => {
      if (id === poison) throw failure(type, `Stripe’s answer about ${id}.`);
    };
    const billing: Billing = {
      ...stripe,
      readInvoice: async (id) => {
        refusing(id);
        return Promise.resolve(undefined);
      },
      readDispute: async (id) => {
        refusing(id);
        return Promise.resolve(undefined);
      },
    };
    return createBillingWatch({ pool, keys, billing, signal: () => new AbortController().signal });
  };
  const reported = async ({ customerId }: BilledTenant, objectId: string) => {
    const eventId = `evt_attempts${++events}`;
    const occurredAt = new Date(Date.now() + events * 1000);
    await recordStripeEvent(registry.pool, { eventId, type: 'invoice.paid', objectId, customerId, occurredAt });
    return eventId;
  };
  const outcomeOf = async (eventId: string) =>
    (
      await registry.pool.query<{ outcome: string | null }>(`select outcome from stripe_event where event_id = $1`, [
        eventId,
      ])
    ).rows[0]?.outcome;
  const aPauseLater = (eventId: string) =>
    registry.pool.query(`update stripe_event set failed_at = failed_at - interval '1 hour' where event_id = $1`, [
      eventId,
    ]);
  const findings = async (object: string) =>
    (
      await registry.pool.query<{ tenantId: string | null }>(
        `select tenant_id as "tenantId" from billing_finding where problem = 'event_set_aside' and object_id = $1 and ended_at is null`,
        [object],
      )
    ).rows;

  test('does not hold up later events, is set aside with a finding after five refusals, and can be tried again', async () => {
    const tenant = await billedTenant(registry);
    const { tenantId } = tenant;
    const poison = await reported(tenant, 'in_poison');
    const later = await reported(tenant, 'in_later');
    const billing = activities('in_poison', 'ProviderRefused');
    expect(await billing.handleBillingEvents({ tenantId })).toEqual({ left: 1 });
    expect([await outcomeOf(poison), await outcomeOf(later)]).toEqual([null, 'superseded']);
    for (let attempt = 2; attempt < 5; attempt++) {
      await aPauseLater(poison);
      expect(await billing.handleBillingEvents({ tenantId })).toEqual({ left: 1 });
    }
    expect(await findings(poison)).toEqual([]);
    await aPauseLater(poison);
    expect(await billing.handleBillingEvents({ tenantId })).toEqual({ left: 0 });
    expect(await outcomeOf(poison)).toBe('set_aside');
    expect(await findings(poison)).toEqual([{ tenantId }]);

    await retrySetAside(registry.pool, tenantId);
    expect(await findings(poison)).toEqual([]);
    expect(await listUntoldBilling(registry.pool, 0, 100)).toContainEqual(expect.objectContaining({ tenantId }));
    await activities('in_other', 'ProviderRefused').handleBillingEvents({ tenantId });
    expect(await outcomeOf(poison)).toBe('superseded');
  });

  test('uses up no attempt while the run is woken again and again', async () => {
    const tenant = await billedTenant(registry);
    const { tenantId } = tenant;
    const poison = await reported(tenant, 'in_woken');
    const billing = activities('in_woken', 'ProviderRefused');
    for (let attempt = 0; attempt < 8; attempt++)
      expect(await billing.handleBillingEvents({ tenantId })).toEqual({ left: 1 });
    expect(await outcomeOf(poison)).toBeNull();
  });

  test('is never set aside because Stripe does not answer, and does not hold up the others then either', async () => {
    const tenant = await billedTenant(registry);
    const { tenantId } = tenant;
    const unanswered = await reported(tenant, 'in_silent');
    const later = await reported(tenant, 'in_after_silence');
    const billing = activities('in_silent', 'ProviderUnavailable');
    for (let attempt = 0; attempt < 12; attempt++) {
      await expect(billing.handleBillingEvents({ tenantId })).rejects.toMatchObject({ type: 'ProviderUnavailable' });
      await aPauseLater(unanswered);
    }
    expect([await outcomeOf(unanswered), await outcomeOf(later)]).toEqual([null, 'superseded']);
  });

  test('is set aside without a tenant if it is not known whose it is', async () => {
    const eventId = `evt_attempts${++events}`;
    await recordUnassignedEvent(registry.pool, {
      eventId,
      type: 'charge.dispute.created',
      objectId: 'dp_poison',
      occurredAt: new Date(),
    });
    const billing = activities('dp_poison', 'ProviderRefused');
    for (let attempt = 1; attempt < 5; attempt++) {
      expect(await billing.assignBillingEvents()).toEqual({ left: 1 });
      await aPauseLater(eventId);
    }
    expect(await billing.assignBillingEvents()).toEqual({ left: 0 });
    expect(await findings(eventId)).toEqual([{ tenantId: null }]);
  });
});
