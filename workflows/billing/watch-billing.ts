import {
  condition,
  continueAsNew,
  defineSignal,
  log,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { ArrearsReport, BillingActivities, DunningAnswer } from '../../activities/billing/interface';
import { BILLING_SIGNAL, type BillingInput } from '../../contract/billing/billing';
import type { TenantNotice } from '../../contract/maintenance/customer-mail';
import { attempt } from '../operations/notices';
import { mailActivities } from '../operations/proxies';
import { inputOf, OPERATION_ID, TENANT_ID } from '../operations/received';
import {
  FIRST_PAUSE_SECONDS,
  followsBuilds,
  LONGEST_SLEEP_SECONDS,
  nextPause,
  watchActivities,
} from '../operations/watches';

const reported = defineSignal(BILLING_SIGNAL);

/** Short statements on the registry, and requests to the billing provider. */
const billing = watchActivities<BillingActivities>('2m');

type OpenArrears = Extract<ArrearsReport, { state: 'open' }>;

/**
 * Follows one tenant's payments: handles what the billing provider reports, in order, and while an invoice is unpaid reminds, suspends and
 * resumes as the plan says. Only the registry knows how things stand: the run reads it whenever it wakes, and ends when nothing is left to do.
 */
export async function watchBilling(input: BillingInput): Promise<void> {
  const { tenantId, operationId } = inputOf(input, { tenantId: TENANT_ID, operationId: OPERATION_ID });
  let told = false;
  setHandler(reported, () => {
    told = true;
  });
  const wake = async (seconds: number): Promise<void> => void (await condition(() => told, seconds * 1000));
  for (let pause = FIRST_PAUSE_SECONDS; ;) {
    told = false;
    if (!(await handled(tenantId))) {
      await wake(pause);
      pause = nextPause(pause);
      continue;
    }
    const arrears = await billing.readArrears({ tenantId });
    const done = arrears.state === 'none' || (arrears.due === undefined && arrears.seconds === undefined);
    if (done) {
      if (told) continue;
      return setCurrentDetails(arrears.state === 'none' ? 'Nothing is unpaid.' : 'Unpaid; nothing more is planned.');
    }
    if (workflowInfo().continueAsNewSuggested && !told) await continueAsNew<typeof watchBilling>(input);
    const { due, seconds = 0, since } = arrears;
    setCurrentDetails(`An invoice is unpaid since **${since}**.${due === undefined ? '' : ` Next: **${due}**.`}`);
    if (due === undefined) await wake(Math.min(seconds, LONGEST_SLEEP_SECONDS));
    else if ((await act({ tenantId, operationId }, arrears, due)) === 'wait') {
      await wake(pause);
      pause = nextPause(pause);
      continue;
    }
    pause = FIRST_PAUSE_SECONDS;
  }
}

/** Whether everything reported was handled. What the provider's answers keep from being handled is tried again later, until it is set aside. */
async function handled(tenantId: string): Promise<boolean> {
  try {
    const { left } = await billing.handleBillingEvents({ tenantId });
    return left === 0;
  } catch (error) {
    log.warn('What the billing provider has reported cannot be handled yet', { error: String(error) });
    return false;
  }
}

async function act(
  { tenantId, operationId }: BillingInput,
  { actionRequired, thank }: OpenArrears,
  due: NonNullable<OpenArrears['due']>,
): Promise<DunningAnswer['answer']> {
  switch (due) {
    case 'remind':
      await tell(operationId, actionRequired ? 'payment-action-required' : 'payment-failed');
      await billing.recordArrearsReminder({ tenantId });
      return 'done';
    case 'suspend':
      return (await billing.suspendForArrears({ tenantId })).answer;
    case 'resume':
      return (await billing.resumeAfterPayment({ tenantId })).answer;
    case 'close':
      if (thank) await tell(operationId, 'payment-received');
      await billing.closeArrears({ tenantId });
      return 'done';
  }
}

async function tell(operationId: string, about: TenantNotice): Promise<void> {
  await attempt(() => mailActivities('Notify the customer').notifyTenant({ operationId, about }));
}

followsBuilds(watchBilling);
