import { condition, defineSignal, log, setHandler } from '@temporalio/workflow';
import type { DecisionLoaded } from '../activities/interface';
import { isPlainText, LONGEST_TEXT } from '../contract/message-text';
import { APPROVAL_SIGNAL, type ApprovalSignal } from '../contract/messages';
import { mailActivities, recordActivities } from './activities';
import { runFailure } from './failures';
import { attempt } from './notices';
import { fieldsOf } from './received';
import type { Run } from './run';

/** Approvers are reminded this long before the deadline, or when three quarters of a shorter time have passed. */
const REMIND_SECONDS = 12 * 3600;

/** The signal that decides on a restricted customization. */
export const approvalSignal = defineSignal<[ApprovalSignal]>(APPROVAL_SIGNAL);

/** A decision that came past the API, or `undefined` for a signal that only says that there is something to read in the registry. */
type Heard = Pick<ApprovalSignal, 'decision' | 'comment'> | undefined;

/**
 * Collects approval signals from the first moment of the run, so that none is lost. What a signal says is of no account for what the run does
 * next – it always asks the registry – so one that cannot be read today and can be read tomorrow changes nothing in a replay.
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
    // Told below, like everything else that is of no use.
  }
  log.warn(
    `An approval signal is malformed: expected { decisionId }, or { decision: "approve" | "reject", comment } with plain text of at most ${LONGEST_TEXT} characters`,
  );
  return undefined;
}

/**
 * Waits for the first decision that counts, or the deadline. Resolves when approved; throws `ApprovalRejected` or `ApprovalExpired`. At the
 * deadline the registry is asked a last time: a decision that it has taken in time counts, however late the signal is.
 */
export async function awaitApproval(run: Run, inbox: Heard[], deadline: number): Promise<void> {
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
        'Nobody decided before the deadline. Order again when an approver is at hand.',
      );
    }
    log.warn('An approval decision was ignored', { decidedBy: loaded.decidedBy, verified: loaded.verified });
  }
}
