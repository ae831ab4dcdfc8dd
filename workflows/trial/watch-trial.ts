import {
  condition,
  defineSignal,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  type ActivityInterfaceFor,
} from '@temporalio/workflow';
import type { TrialActivities, TrialReport } from '../../activities/trials/interface';
import { rulesOf } from '../../contract/operations/kinds';
import { TRIAL_SIGNAL, type TrialInput } from '../../contract/tenants/trials';
import { attempt } from '../operations/notices';
import { LOCAL, mailActivities } from '../operations/proxies';
import { inputOf, OPERATION_ID, TENANT_ID } from '../operations/received';
import {
  FIRST_PAUSE_SECONDS,
  followsBuilds,
  LONGEST_SLEEP_SECONDS,
  nextPause,
  watchActivities,
} from '../operations/watches';

const trialChanged = defineSignal(TRIAL_SIGNAL);

/** Short statements on the registry. */
const registry = watchActivities<TrialActivities>('30s');

/**
 * Waits for the end of a tenant's trial, reminds the first admin of it, and begins what the plan has for it. Only the registry knows when that
 * is: the run reads it whenever it wakes, and wakes when the trial changes.
 */
export async function watchTrial(input: TrialInput): Promise<void> {
  const { tenantId, operationId } = inputOf(input, { tenantId: TENANT_ID, operationId: OPERATION_ID });
  let changed = false;
  setHandler(trialChanged, () => {
    changed = true;
  });
  for (let pause = FIRST_PAUSE_SECONDS; ;) {
    changed = false;
    const trial = await registry.readTrial({ tenantId });
    if (trial.state === 'over') return setCurrentDetails('The trial is **over**.');
    if (trial.due) {
      const { answer } = await registry.endTrial({ tenantId });
      if (answer !== 'wait') continue;
      setCurrentDetails(waiting(trial));
      await condition(() => changed, pause * 1000);
      pause = nextPause(pause);
      continue;
    }
    pause = FIRST_PAUSE_SECONDS;
    if (trial.remind) {
      await attempt(() =>
        mailActivities('Remind the first admin').notifyTenant({ operationId, about: 'trial-ending' }),
      );
      await registry.recordTrialReminder({ tenantId });
      continue;
    }
    setCurrentDetails(running(trial));
    await condition(() => changed, Math.min(trial.seconds, LONGEST_SLEEP_SECONDS) * 1000);
  }
}

followsBuilds(watchTrial);

/** A local activity that starts the trial of a tenant that has just become active. If it fails, the API's relay starts the trial. */
export function trialStarter(): Pick<ActivityInterfaceFor<TrialActivities>, 'startTrial'> {
  return proxyLocalActivities<TrialActivities>({ startToCloseTimeout: LOCAL, retry: { maximumAttempts: 1 } });
}

type OpenTrial = Extract<TrialReport, { state: 'open' }>;

function running({ endsAt, then }: OpenTrial): string {
  return `The trial ends at **${endsAt}**. Then: **${rulesOf(then).title}**.`;
}

function waiting({ endsAt, then }: OpenTrial): string {
  return `The trial ended at **${endsAt}**. **${rulesOf(then).title}** waits until the tenant is active and no operation of it is open.`;
}
