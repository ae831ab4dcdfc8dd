import {
  condition,
  defineSignal,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
  type ActivityInterfaceFor,
} from '@temporalio/workflow';
import type { TrialActivities, TrialReport } from '../../activities/trials/interface';
import { rulesOf } from '../../contract/operations/kinds';
import { TASK_QUEUE } from '../../contract/temporal/task-queues';
import { TRIAL_SIGNAL, type TrialInput } from '../../contract/tenants/trials';
import { attempt } from '../operations/notices';
import { LOCAL, mailActivities } from '../operations/proxies';
import { inputOf, OPERATION_ID, TENANT_ID } from '../operations/received';

/** The longest sleep: however clocks jump meanwhile, the run looks at the registry this often. */
const LONGEST_SLEEP_SECONDS = 7 * 86_400;

/** Pauses while the tenant cannot be changed: a minute at first, and at most a quarter of a day. */
const FIRST_PAUSE_SECONDS = 60;
const LONGEST_PAUSE_SECONDS = 6 * 3_600;

const trialChanged = defineSignal(TRIAL_SIGNAL);

/** Short statements on the registry, retried until it answers. */
const registry = proxyActivities<TrialActivities>({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '30s',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '1m' },
});

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
      pause = Math.min(2 * pause, LONGEST_PAUSE_SECONDS);
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

// A trial lasts for months: pinned to the build that began it, its run would keep that build from being drained. Changes of this workflow
// must therefore replay the histories of open runs. A worker without versions cannot complete a task that names a behavior.
setWorkflowOptions(
  () => (workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior: 'AUTO_UPGRADE' } : {}),
  watchTrial,
);

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
