import { createHash } from 'node:crypto';
import { DUNNING_CALLER } from '../../contract/billing/billing';
import type { OperationParameters } from '../../contract/operations/inputs';
import { toFailure } from '../../providers/port/failures';
import {
  ArrearsChanged,
  closeArrears,
  readArrears,
  recordArrearsReminder,
  recordSuspension,
} from '../../registry/billing/arrears';
import { TenantKeyDestroyed } from '../../registry/keys/tenant-keys';
import { acceptChange } from '../../registry/operations/change-acceptance';
import type { Dependencies } from '../dependencies';
import type { BillingActivities, DunningAnswer } from './interface';

type Needed = Pick<Dependencies, 'keys' | 'pool'>;
type Change = Pick<Parameters<typeof acceptChange>[2], 'kind' | 'parameters' | 'alongside'>;

/** What dunning does in the registry. The API's relay starts the runs of the operations that it accepts. */
export function createDunning({ keys, pool }: Needed): Omit<BillingActivities, 'handleBillingEvents'> {
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

  return {
    async readArrears({ tenantId }) {
      const standing = await readArrears(pool, tenantId);
      if (!standing) return { state: 'none' };
      const { since, due, seconds, actionRequired, thank } = standing;
      return { state: 'open', since: since.toISOString(), due, seconds, actionRequired, thank };
    },

    recordArrearsReminder: ({ tenantId }) => recordArrearsReminder(pool, tenantId),

    suspendForArrears: ({ tenantId }) =>
      accept(tenantId, 'suspend', {
        kind: 'suspend',
        parameters: { access: 'closed', reason: 'non_payment' } satisfies OperationParameters,
        alongside: (client, operationId) => recordSuspension(client, tenantId, operationId),
      }),

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
