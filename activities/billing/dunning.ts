import { createHash } from 'node:crypto';
import { DUNNING_CALLER } from '../../contract/billing/billing';
import type { OperationParameters } from '../../contract/operations/inputs';
import { toFailure } from '../../providers/port/failures';
import { findBillingAccount } from '../../registry/billing/accounts';
import {
  ArrearsChanged,
  closeArrears,
  readArrears,
  recordArrearsReminder,
  recordPaid,
  recordSuspension,
} from '../../registry/billing/arrears';
import { TenantKeyDestroyed } from '../../registry/keys/tenant-keys';
import { acceptChange } from '../../registry/operations/change-acceptance';
import type { Dependencies } from '../dependencies';
import type { BillingActivities, DunningAnswer } from './interface';

type Needed = Pick<Dependencies, 'billing' | 'keys' | 'pool' | 'signal'>;
type Change = Pick<Parameters<typeof acceptChange>[2], 'kind' | 'parameters' | 'alongside'>;

/** What dunning does in the registry. The API's relay starts the runs of the operations that it accepts. */
export function createDunning({
  billing,
  keys,
  pool,
  signal,
}: Needed): Omit<BillingActivities, 'assignBillingEvents' | 'handleBillingEvents'> {
  async function accept(tenantId: string, due: 'suspend' | 'resume', change: Change): Promise<DunningAnswer> {
    const standing = await readArrears(pool, tenantId);
    if (standing?.due !== due) return { answer: 'changed' };
    try {
      const requestHash = createHash('sha256').update(`${due} for arrears of ${tenantId}`).digest();
      const done = await acceptChange(pool, keys, { ...change, tenantId, caller: DUNNING_CALLER, requestHash });
      return { answer: done.outcome === 'accepted' ? 'done' : 'wait' };
    } catch (error) {
      if (error instanceof ArrearsChanged) return { answer: 'changed' };
      // Without its key no operation of the tenant can be accepted until it is removed.
      if (error instanceof TenantKeyDestroyed) return { answer: 'wait' };
      throw toFailure(error, `the dunning of tenant ${tenantId}`, keys.classify);
    }
  }

  /** Records that everything is paid if Stripe says so by now: its event may be late, or lost. */
  async function lookAgain(tenantId: string): Promise<void> {
    const account = await findBillingAccount(pool, tenantId);
    if (!account || (await billing.oldestUnpaid(account.customerId, signal()))) return;
    await recordPaid(pool, tenantId);
  }

  return {
    async readArrears({ tenantId }) {
      const standing = await readArrears(pool, tenantId);
      if (!standing) return { state: 'none' };
      const { since, due, seconds, actionRequired, thank } = standing;
      return { state: 'open', since: since.toISOString(), due, seconds, actionRequired, thank };
    },

    recordArrearsReminder: ({ tenantId }) => recordArrearsReminder(pool, tenantId),

    async suspendForArrears({ tenantId }) {
      try {
        await lookAgain(tenantId);
      } catch (error) {
        throw toFailure(error, `the unpaid invoices of tenant ${tenantId}`, billing.classify);
      }
      return accept(tenantId, 'suspend', {
        kind: 'suspend',
        parameters: { access: 'closed', reason: 'non_payment' } satisfies OperationParameters,
        alongside: (client, operationId) => recordSuspension(client, tenantId, operationId),
      });
    },

    resumeAfterPayment: ({ tenantId }) =>
      accept(tenantId, 'resume', {
        kind: 'resume',
        parameters: { access: 'open' },
        alongside: (client) => closeArrears(client, tenantId),
      }),

    async closeArrears({ tenantId }) {
      try {
        await closeArrears(pool, tenantId);
      } catch (error) {
        // An invoice is unpaid again: the run reads what that means.
        if (!(error instanceof ArrearsChanged)) throw error;
      }
    },
  };
}
