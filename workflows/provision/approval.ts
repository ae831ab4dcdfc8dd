import { condition, defineSignal, log, setHandler } from '@temporalio/workflow';
import type { DecisionLoaded } from '../../activities/operations/interface';
import { isPlainText, LONGEST_TEXT } from '../../contract/text/message-text';
import { APPROVAL_SIGNAL, type ApprovalSignal, type ProvisionTenantInput } from '../../contract/operations/messages';
import { mailActivities, recordActivities } from '../operations/proxies';
import { runFailure } from '../operations/failures';
import { attempt } from '../operations/notices';
import { fieldsOf } from '../operations/received';
import type { Run } from '../operations/run';

/**
 * Approvers are reminded this long before the deadline; where they have less than 48 hours, when three quarters of the time have passed.
 */
const REMIND_SECONDS = 12 * 3600;

/** A run that provisions a tenant. */
export type ProvisionRun = Run<ProvisionTenantInput>;

/** The signal that decides on a restricted customization. */
export const approvalSignal = defineSignal<[ApprovalSignal]>(APPROVAL_SIGNAL);

/** A decision sent past the API; `undefined` for every other signal, which only prompts the run to ask the registry. */
type Heard = Pick<ApprovalSignal, 'decision' | 'comment'> | undefined;

/**
 * Collects approval signals from the first moment of the run, so that none is lost. Whatever a signal says, the run always asks the
 * registry next, so a signal that cannot be read today but can be read tomorrow does not break a replay.
 */
export function collectApprovals(): Heard[] {
  const inbox: Heard[] = [];
  setHandler(approvalSignal, (signal: unknown) => void inbox.push(read(signal)));
  return inbox;
}

function read(signal: unknown): Heard {
  try {
    const { decisionId, decision, comment } = fieldsOf('The signal', signal);
    if (typeof decisionId === 'string') return undefined;
    const usable =
      (decision === 'approve' || decision === 'reject') &&
      (comment === undefined ||
        (typeof comment === 'string' && comment.length <= LONGEST_TEXT && isPlainText(comment)));
    if (usable) return { decision, ...(comment === undefined ? {} : { comment }) };
  } catch {
    // The warning below covers this and every other unusable signal.
  }
  log.warn(
    `An approval signal is malformed: expected { decisionId }, or { decision: "approve" | "reject", comment } with plain text of at most ${LONGEST_TEXT} characters`,
  );
  return undefined;
}

/**
 * Waits for the first decision that counts, or for the deadline. Resolves when approved; throws `ApprovalRejected` or `ApprovalExpired`. At
 * the deadline it asks the registry one last time: a decision accepted in time counts, however late its signal arrives.
 */
export async function awaitApproval(run: ProvisionRun, inbox: Heard[], deadline: number): Promise<void> {
  const { operationId, acceptUnverifiedApproval, approvalDeadlineSeconds } = run.input;
  const remindAt = deadline - Math.min(approvalDeadlineSeconds / 4, REMIND_SECONDS) * 1000;
  let reminded = false;
  const records = recordActivities();
  for (;;) {
    const remaining = (reminded ? deadline : remindAt) - Date.now();
    const heard = inbox.length > 0 || (remaining > 0 && (await condition(() => inbox.length > 0, remaining)));
    if (!heard && !reminded) {
      reminded = true;
      void attempt(() => mailActivities('Remind the approvers').notifyApprovers({ operationId, reminder: true }));
      continue;
    }
    const loaded: DecisionLoaded = await records.loadDecision({
      operationId,
      acceptUnverified: acceptUnverifiedApproval,
      ...inbox.splice(0).find((each) => each !== undefined),
      ...(heard ? {} : { atDeadline: true as const }),
    });
    if (loaded.decision === 'approve') {
      run.approval = 'approved';
      return;
    }
    if (loaded.decision === 'reject') {
      run.approval = 'rejected';
      throw runFailure('ApprovalRejected', 'An approver rejected the customization.');
    }
    if (!heard) {
      run.approval = 'expired';
      throw runFailure(
        'ApprovalExpired',
        'No approver decided before the deadline. Order again when an approver is available.',
      );
    }
    log.warn('An approval decision was ignored', { decidedBy: loaded.decidedBy, verified: loaded.verified });
  }
}
