import type { ChangeAccessInput } from '../../contract/operations/messages';
import { CLOSING } from '../../contract/operations/access';
import type { Step } from '../../contract/operations/steps';
import { forwardActivities, recordActivities } from '../operations/proxies';
import { runStepsTogether } from '../operations/run-steps-together';
import { regionOf, type Run } from '../operations/run';
import { settleAll } from '../operations/saga';

/** A run that changes a tenant's access. */
export type AccessRun = Run<ChangeAccessInput>;

/** The steps that change something, in the order in which they are begun. Suspending, resuming and removing have the same ones. */
const CHANGES: Step[] = CLOSING.verify.needs.slice();

/** Gives everything the tenant has the access of the run's input, all steps side by side, and then tries from outside whether it is so. */
export async function changeEverything(run: AccessRun): Promise<void> {
  const { operationId } = run.input;
  run.enter('running');
  await recordActivities().recordProgress({ operationId, status: 'running' });
  await runStepsTogether(run, Object.fromEntries(CHANGES.map((step) => [step, () => change(run, step)])));
  await runStepsTogether(run, { verify: () => verify(run) });
}

function change(run: AccessRun, step: Step): Promise<void> {
  const { operationId, access } = run.input;
  return forwardActivities(run, step, regionOf(run, step)).changeAccess({ operationId, step, access });
}

/**
 * Tries from outside what the tenant can do now. Open again, it must also pass the checks of its region that it passed when it was provisioned.
 * The global ones are left out: they hold only for a tenant that has never been used, with one member and a temporary password.
 */
async function verify(run: AccessRun): Promise<void> {
  const { operationId, access, region } = run.input;
  const about = { operationId, step: 'verify' as const };
  const regional = forwardActivities(run, 'verify', region);
  const global = forwardActivities(run, 'verify');
  await settleAll([
    regional.verifyAccess({ ...about, access, region }),
    global.verifyAccess({ ...about, access, region: 'global' }),
    ...(access === 'open' ? [regional.verifyRegion(about)] : []),
  ]);
}
