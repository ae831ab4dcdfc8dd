import type { PaymentState } from '../../contract/billing/billing';
import { SUBSCRIPTION_PROBLEMS } from '../../providers/stripe/subscription/subscription-state';
import type { InvoiceState, UnpaidInvoice } from '../../providers/stripe/payments/payments';
import { findBillingAccount, type BillingAccount } from '../../registry/billing/accounts';
import { recordPayment } from '../../registry/billing/arrears';
import { recordFindings } from '../../registry/billing/findings';
import {
  assignEvent,
  listUnassignedEvents,
  listWaitingEvents,
  markHandled,
  type WaitingEvent,
} from '../../registry/billing/stripe-events';
import { transaction } from '../../registry/database';
import type { Dependencies } from '../dependencies';
import { handleEach } from './event-attempts';
import type { BillingActivities } from './interface';

/** Events read by one query. */
const MOST_AT_ONCE = 100;

type Needed = Pick<Dependencies, 'billing' | 'pool' | 'signal'>;

/**
 * Handles what Stripe has reported. Stripe promises no order, and repeats itself, so an event is only the occasion to look: what has happened
 * is read from Stripe, and an event that says what is not so any more changes nothing.
 */
export function createBillingEvents({
  billing,
  pool,
  signal,
}: Needed): Pick<BillingActivities, 'assignBillingEvents' | 'handleBillingEvents'> {
  async function handle(tenantId: string, event: WaitingEvent): Promise<void> {
    const account = await findBillingAccount(pool, tenantId);
    if (account === undefined) return pass(event);
    if (event.type.startsWith('invoice.') && event.type !== 'invoice.upcoming')
      await handleInvoice(tenantId, account, event);
    else if (event.type.startsWith('charge.dispute.')) await handleDispute(tenantId, account, event);
    else await handleSubscription(tenantId, account, event);
  }

  async function pass({ eventId }: WaitingEvent): Promise<void> {
    await transaction(pool, async (client) => void (await markHandled(client, eventId, 'superseded')));
  }

  async function handleInvoice(tenantId: string, { customerId }: BillingAccount, event: WaitingEvent): Promise<void> {
    const invoice = await billing.readInvoice(event.objectId, signal());
    if (invoice?.customerId !== customerId) return pass(event);
    const unpaid = await billing.oldestUnpaid(customerId, signal());
    const payment = paymentOf(event, invoice, unpaid);
    await transaction(pool, async (client) => {
      if (!(await markHandled(client, event.eventId, payment ? 'applied' : 'superseded'))) return;
      const { occurredAt } = event;
      await recordPayment(client, { tenantId, invoiceId: invoice.id, payment, unpaid, occurredAt });
    });
  }

  async function handleDispute(tenantId: string, { customerId }: BillingAccount, event: WaitingEvent): Promise<void> {
    const { objectId } = event;
    const dispute = await billing.readDispute(objectId, signal());
    if (dispute?.customerId !== customerId) return pass(event);
    const asked = ['payment_disputed'] as const;
    const found = dispute.open ? asked.map((problem) => ({ problem, objectId })) : [];
    await transaction(pool, async (client) => {
      if (!(await markHandled(client, event.eventId, 'applied'))) return;
      await recordFindings(client, tenantId, { asked, found, of: objectId });
    });
  }

  async function handleSubscription(
    tenantId: string,
    { subscriptionId, pricing }: BillingAccount,
    event: WaitingEvent,
  ): Promise<void> {
    if (subscriptionId === null) return pass(event);
    const problems = await billing.subscriptionProblems({
      id: subscriptionId,
      pricing,
      now: new Date(),
      signal: signal(),
    });
    await transaction(pool, async (client) => {
      if (!(await markHandled(client, event.eventId, 'applied'))) return;
      const found = problems.map((problem) => ({ problem, objectId: subscriptionId }));
      await recordFindings(client, tenantId, { asked: SUBSCRIPTION_PROBLEMS, found });
    });
  }

  const attempts = { pool, signal, classify: billing.classify };
  return {
    async assignBillingEvents() {
      const left = await handleEach(attempts, {
        tenantId: null,
        next: () => listUnassignedEvents(pool, MOST_AT_ONCE),
        handle: async ({ eventId, objectId }) => {
          const dispute = await billing.readDispute(objectId, signal());
          await assignEvent(pool, eventId, dispute?.customerId);
        },
      });
      return { left };
    },

    async handleBillingEvents({ tenantId }) {
      const left = await handleEach(attempts, {
        tenantId,
        next: () => listWaitingEvents(pool, tenantId, MOST_AT_ONCE),
        handle: (event) => handle(tenantId, event),
      });
      return { left };
    },
  };
}

/** What an event says of a payment, if Stripe still says so. */
function paymentOf(
  { type }: WaitingEvent,
  { id, status, due, attempts }: InvoiceState,
  unpaid: UnpaidInvoice | undefined,
): { state: PaymentState; attempts: number } | undefined {
  const is = (state: PaymentState) => ({ state, attempts });
  if (type === 'invoice.paid') return status === 'paid' && due > 0 ? is('succeeded') : undefined;
  if (status !== 'open' && status !== 'uncollectible') return undefined;
  const actionRequired = unpaid?.invoiceId === id && unpaid.actionRequired;
  if (type === 'invoice.payment_action_required') return actionRequired ? is('action_required') : undefined;
  return type === 'invoice.payment_failed' ? is('failed') : undefined;
}
