import { ApplicationFailure } from '@temporalio/common';
import type { Activities as StepActivities } from '../../../activities/operations/interface';
import type { AuditActivities } from '../../../activities/audit/interface';
import type { BackupActivities } from '../../../activities/backups/interface';
import type { TrialActivities } from '../../../activities/trials/interface';
import { newTenantId } from '../../../contract/ids';
import type { ProvisionTenantInput } from '../../../contract/operations/messages';

/** The region every order of these tests is placed in. */
export const REGION = 'eu-central';

/** What a provisioning run calls. */
export type Activities = StepActivities &
  Pick<AuditActivities, 'exportAuditHeads'> &
  Pick<BackupActivities, 'requestFirstBackup'> &
  Pick<TrialActivities, 'startTrial'>;

/** What the activities did, in order: `+database` began, `=database` done, `-database` compensated. */
export type Journal = string[];

/** Input of a run with three attempts a step, an hour to approve and a minute to compensate. */
export function provisionInput(operationId: string): ProvisionTenantInput {
  return {
    operationId,
    tenantId: newTenantId(),
    plan: 'starter',
    approvalDeadlineSeconds: 3600,
    acceptUnverifiedApproval: true,
    compensationSeconds: 60,
    retry: { maximumAttempts: 3, initialIntervalSeconds: 1, backoffCoefficient: 2, maximumIntervalSeconds: 10 },
  };
}

/** A failure that ends a step at once. */
export function permanent(type = 'ProviderRefused'): ApplicationFailure {
  return ApplicationFailure.nonRetryable('refused for the test', type);
}

/** Activities that only keep a journal, see {@link Journal}. */
export function journalingActivities(journal: Journal): Activities {
  const step = async ({ step }: { step: string }): Promise<void> => {
    journal.push(`+${step}`);
    await Promise.resolve();
    journal.push(`=${step}`);
  };
  const note = (entry: string) => (): Promise<void> => {
    journal.push(entry);
    return Promise.resolve();
  };
  return {
    validateOrder: async (input) => {
      await step(input);
      return { region: REGION, approvalsRequired: [] };
    },
    reserveResources: step,
    provisionOwnKey: note('own key'),
    provisionDatabase: step,
    provisionStorageAndCompute: step,
    configureSecurity: step,
    configureApplication: step,
    createOrganization: step,
    setUpIntegrations: step,
    verifyRegion: step,
    verifyGlobal: note('=verify-global'),
    activateTenant: async (input) => {
      await step(input);
      return { answer: 'committed' };
    },
    changeAccess: step,
    verifyAccess: async ({ region }) => note(`=verify-access ${region === 'global' ? region : 'region'}`)(),
    reconcileStep: step,
    completeOperation: async (input) => {
      await step(input);
      return { answer: 'committed' };
    },
    activateSubscription: async () => {
      await note('subscription')();
      return { billing: 'active' };
    },
    sendWelcome: note('welcome'),
    requestFirstBackup: note('backup requested'),
    startTrial: note('trial started'),
    compensateStep: async ({ step }) => {
      journal.push(`-${step}`);
      await Promise.resolve();
    },
    recordProgress: async ({ status }) => {
      journal.push(`status ${status}`);
      await Promise.resolve();
    },
    concludeCompensation: async ({ status }) => {
      journal.push(`status ${status}`);
      return Promise.resolve({ status, leftovers: [] });
    },
    loadDecision: ({ decision }) =>
      Promise.resolve({ decision: decision ?? 'ignored', decidedBy: 'test', verified: true }),
    takeResolution: async ({ verb }) => {
      await note(`resolution ${verb}`)();
      return { answer: 'taken' };
    },
    notifyApprovers: note('approvers told'),
    notifyCustomer: note('customer told'),
    notifyOperators: note('operators told'),
    reissueCredentials: note('reissued'),
    announceRemoval: async (input) => {
      await step(input);
      return { removalAt: new Date(Date.now() + input.graceSeconds * 1000).toISOString() };
    },
    findRemovalObstacle: () => Promise.resolve({}),
    beginRemoval: async (input) => {
      await step(input);
      return { answer: 'committed' };
    },
    releaseTenantStep: async ({ of }) => note(`-${of}`)(),
    forgetTenant: note('forgotten'),
    concludeRemoval: async () => {
      await note('status removing')();
      return { status: 'removing', leftovers: [] };
    },
    proveRemoval: async () => {
      await note('proved')();
      return { left: 0 };
    },
    concludeProof: async ({ failure }) => {
      await note(failure ? 'status needs_operator' : 'status removing')();
      return { status: failure ? 'needs_operator' : 'removing', leftovers: [] };
    },
    certifyRemoval: async () => {
      await note('certified')();
      return { answer: 'committed' };
    },
    exportTenant: step,
    removeExport: note('-archive'),
    awaitExportMail: async () => {
      await note('export mailed')();
      return {};
    },
    signExportLink: ({ volume }) => Promise.resolve(`https://store.example/${volume}`),
    configureSso: step,
    verifySso: step,
    connectDomain: step,
    verifyDomain: step,
    forgetUnusedSso: note('unused connections forgotten'),
    notifyTenant: async ({ about }) => note(`tenant told: ${about}`)(),
    exportAuditHeads: () => Promise.resolve({ exported: 1, discrepancies: 0 }),
  };
}
