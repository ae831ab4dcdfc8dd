import { createHash } from 'node:crypto';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import type { OperationParameters } from '../../contract/operations/inputs';
import { removalTerms } from '../../contract/removal/terms';
import { TRIAL_CALLER } from '../../contract/tenants/trials';
import { toFailure } from '../../providers/port/failures';
import { transaction } from '../../registry/database';
import { TenantKeyDestroyed } from '../../registry/keys/tenant-keys';
import { acceptChange } from '../../registry/operations/change-acceptance';
import { findStanding } from '../../registry/tenants/tenants';
import { endTrial, TrialNotDue } from '../../registry/tenants/trial-changes';
import { findBegunTrial, markTrialWatched, readTrial, recordReminder } from '../../registry/tenants/trials';
import type { ProvisioningTemplate } from '../../templates/template';
import type { Dependencies } from '../dependencies';
import type { TrialActivities } from './interface';

interface TrialDependencies extends Pick<Dependencies, 'pool' | 'trialRuns'> {
  keys: KeyWrapper & Pick<Dependencies['keys'], 'classify'>;
}

/** Starts the runs that watch trials, and does for them what concerns the registry. */
export function createTrials({ keys, pool, trialRuns }: TrialDependencies): TrialActivities {
  return {
    async startTrial({ operationId }) {
      const trial = await findBegunTrial(pool, operationId);
      if (!trial) return;
      const { tenantId, endsAt } = trial;
      await trialRuns.begin({ tenantId, operationId });
      await markTrialWatched(pool, { tenantId, endsAt });
    },

    async readTrial({ tenantId }) {
      const trial = await readTrial(pool, tenantId);
      if (trial.state === 'over') return trial;
      const { state, endsAt, then, due, remind, seconds } = trial;
      return { state, endsAt: endsAt.toISOString(), then, due, remind, seconds };
    },

    recordTrialReminder: ({ tenantId }) => recordReminder(pool, tenantId),

    async endTrial({ tenantId }) {
      const trial = await readTrial(pool, tenantId);
      if (trial.state === 'over' || !trial.due) return { answer: 'changed' };
      // A suspended tenant could be removed at once, but why it is suspended comes first.
      if ((await findStanding(pool, tenantId))?.state !== 'active') return { answer: 'wait' };
      try {
        const done = await acceptChange(pool, keys, {
          kind: trial.then,
          tenantId,
          caller: TRIAL_CALLER,
          requestHash: createHash('sha256').update(`trial of ${tenantId}`).digest(),
          parameters: parametersOf(trial),
          alongside: (client, operationId) => endTrial(client, tenantId, operationId),
        });
        // The API's relay starts the run, as that of any accepted operation whose start was lost.
        return { answer: done.outcome === 'accepted' ? 'ended' : 'wait' };
      } catch (error) {
        if (error instanceof TrialNotDue) return { answer: 'changed' };
        if (!(error instanceof TenantKeyDestroyed))
          throw toFailure(error, `the end of the trial of tenant ${tenantId}`, keys.classify);
        // Without its key no operation of the tenant can be accepted any more, now or later.
        await transaction(pool, (client) => endTrial(client, tenantId));
        return { answer: 'ended' };
      }
    },
  };
}

function parametersOf({ then, removal }: { then: string; removal: ProvisioningTemplate['removal'] | null }) {
  const parameters: OperationParameters = { access: 'closed', reason: 'trial_ended' };
  if (then === 'suspend') return parameters;
  return { ...parameters, ...removalTerms(removal) };
}
