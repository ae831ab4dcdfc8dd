import { PROVISION } from '../../contract/operations/provision';
import { stepRule, stepsOf } from '../../contract/operations/kinds';
import type { OperationFailure } from '../../contract/operations/messages';
import type { Step } from '../../contract/operations/steps';
import { awaitNothingLeft } from '../operations/leftovers';
import { tellOperators } from '../operations/notices';
import { certainActivities, recordActivities, releaseActivities } from '../operations/proxies';
import { Saga } from '../operations/saga';
import { certify } from './certify';
import { prove } from './prove';
import type { RemovalRun } from './waits';

/** Billing ends before anything else is removed, with a last invoice. */
const FIRST: Step = 'integrations';

/** The keys go last: with them everything that may still be encrypted under them becomes unreadable. */
const LAST: Step = 'reserve';

/** The other steps of provisioning that have made something. */
const OTHERS = stepsOf('provision').filter(
  (step) => step !== FIRST && step !== LAST && !stepRule('provision', step).leavesNothing,
);

/** After the pivot: removes everything, has it proved and certified. Waits for an operator as long as something is left. */
export async function removeForGood(run: RemovalRun): Promise<void> {
  const { operationId, resume, export: exported } = run.input;
  if (!exported) run.mark('export', 'skipped');
  // The lost run may have waited for an operator.
  if (resume) await recordActivities().recordProgress({ operationId, status: 'removing' });
  await run.step('remove', () => removeAll(run));
  for (let attempt = 1; ; attempt += 1) {
    while ((await prove(run)) > 0) await run.step('remove', () => settle(run, true, () => releaseAll(run)));
    if (await certify(run, attempt)) break;
  }
  run.enter('completed');
}

async function removeAll(run: RemovalRun): Promise<void> {
  await releaseContents(run);
  await settle(run, false, () => releaseContents(run));
  await awaitExportMail(run);
  await release(run, LAST);
  await settle(run, true, () => releaseAll(run));
}

/**
 * Waits until the customer has the mail about the export, or the delivery was given up. The address can be read only with the tenant's key.
 */
async function awaitExportMail(run: RemovalRun): Promise<void> {
  const { operationId, export: exported } = run.input;
  if (!exported) return;
  run.waitsFor = 'the mail about the export: the keys are destroyed once it is delivered, or given up';
  run.show();
  const { problem } = await certainActivities('Wait for the mail about the export').awaitExportMail({ operationId });
  run.waitsFor = undefined;
  run.show();
  if (problem === undefined) return;
  const message = `The mail with the link to the export was given up: ${problem} The keys are destroyed now. Tell the customer in another way.`;
  void tellOperators(run, { type: 'ProviderRefused', message, step: 'remove' });
}

/** Releases all that the tenant has but its reservation and its keys. */
async function releaseContents(run: RemovalRun): Promise<void> {
  await release(run, FIRST);
  const saga = new Saga<Step>((step) => PROVISION.steps[step as keyof typeof PROVISION.steps]?.needs ?? []);
  for (const step of OTHERS) saga.add(step);
  await saga.compensate((step) => release(run, step));
  await release(run, 'remove');
}

async function releaseAll(run: RemovalRun): Promise<void> {
  await releaseContents(run);
  await release(run, LAST);
}

/**
 * Releases what the tenant has of a step; `remove` itself stands for what no step of provisioning has made. Resolves also when something is left
 * after the time for it: the ledger says what and why.
 */
async function release(run: RemovalRun, of: Step): Promise<void> {
  const { operationId, region } = run.input;
  const about = { operationId, step: 'remove' as const };
  try {
    if (of === 'remove') await certainActivities('Forget the tenant').forgetTenant(about);
    await releaseActivities(run, of, isRegional(of) ? region : undefined).releaseTenantStep({ ...about, of });
  } catch {
    // The activity has recorded in the ledger what is left and why.
  }
}

/** The keys of a tenant with a key of its own are in its region, and so are its backups. */
function isRegional(step: Step): boolean {
  return ['database', 'storage-and-compute', 'security', 'reserve', 'remove'].includes(step);
}

/** Resolves once nothing is left that no operator has accepted. */
async function settle(run: RemovalRun, keysToo: boolean, again: () => Promise<void>): Promise<void> {
  await awaitNothingLeft(run, {
    again: async () => {
      run.enter('removing');
      await recordActivities().recordProgress({ operationId: run.input.operationId, status: 'removing' });
      await again();
    },
    conclude: () => conclude(run, keysToo),
  });
}

async function conclude(run: RemovalRun, keysToo: boolean): Promise<void> {
  const { operationId } = run.input;
  const { status, leftovers } = await recordActivities().concludeRemoval({ operationId, keysToo });
  run.leftovers = leftovers;
  run.failure = leftovers.length === 0 ? undefined : LEFT;
  if (run.status !== status) run.enter(status);
  if (status === 'needs_operator') void tellOperators(run, LEFT);
}

const LEFT: OperationFailure = {
  type: 'CompensationIncomplete',
  message: 'Something of the tenant could not be removed.',
  step: 'remove',
};
