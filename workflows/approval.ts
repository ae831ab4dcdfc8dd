import { condition, defineSignal, log, setHandler } from '@temporalio/workflow';
import type { DecisionLoaded } from '../activities/interface';
import { APPROVAL_SIGNAL, type ApprovalSignal } from '../contract/messages';
import { mailActivities, recordActivities } from './activities';
import { runFailure } from './failures';
import { attempt } from './notices';
import type { Run } from './run';

/** Approvers are reminded this long before the deadline, or when three quarters of a shorter time have passed. */
const REMIND_SECONDS = 12 * 3600;

/** The signal that decides on a restricted customization. */
export const approvalSignal = defineSignal<[ApprovalSignal]>(APPROVAL_SIGNAL);

/**
 * Collects approval signals from the first moment of the run, so that none is lost. A malformed one is noted and ignored: whatever is sent,
 * a signal never breaks a run.
 */
export function collectApprovals(): ApprovalSignal[] {
  const inbox: ApprovalSignal[] = [];
  setHandler(approvalSignal, (signal: unknown) => {
    if (isApprovalSignal(signal)) inbox.push(signal);
    else
      log.warn(
        'An approval signal was ignored: expected { decisionId } or { decision: "approve" | "reject", comment }',
      );
  });
  return inbox;
}

function isApprovalSignal(signal: unknown): signal is ApprovalSignal {
  if (typeof signal !== 'object' || signal === null) return false;
  const { decisionId, decision, comment } = signal as Record<string, unknown>;
  if (comment !== undefined && (typeof comment !== 'string' || comment.length > 2000)) return false;
  return typeof decisionId === 'string' || decision === 'approve' || decision === 'reject';
}

/** Waits for the first decision that counts, or the deadline. Resolves when approved; throws `ApprovalRejected` or `ApprovalExpired`. */
export async function awaitApproval(run: Run, inbox: ApprovalSignal[]): Promise<void> {
  const { operationId, acceptUnverifiedApproval, approvalDeadlineSeconds } = run.input;
  const deadline = Date.now() + approvalDeadlineSeconds * 1000;
  const remindAt = deadline - Math.min(approvalDeadlineSeconds / 4, REMIND_SECONDS) * 1000;
  let reminded = false;
  const records = recordActivities();
  for (;;) {
    const remaining = (reminded ? deadline : remindAt) - Date.now();
    const decided = inbox.length > 0 || (remaining > 0 && (await condition(() => inbox.length > 0, remaining)));
    if (!decided && !reminded) {
      reminded = true;
      void attempt(() => mailActivities('Remind the approvers').notifyApprovers({ operationId, reminder: true }));
      continue;
    }
    if (!decided) {
      run.approval = 'expired';
      throw runFailure(
        'ApprovalExpired',
        'Nobody decided before the deadline. Order again when an approver is at hand.',
      );
    }
    const { decisionId, decision, comment } = inbox.shift()!;
    const loaded: DecisionLoaded = await records.loadDecision({
      operationId,
      acceptUnverified: acceptUnverifiedApproval,
      ...(decisionId === undefined ? {} : { decisionId }),
      ...(decision === undefined ? {} : { decision }),
      ...(comment === undefined ? {} : { comment }),
    });
    if (loaded.decision === 'approve') {
      run.approval = 'approved';
      return;
    }
    if (loaded.decision === 'reject') {
      run.approval = 'rejected';
      throw runFailure('ApprovalRejected', 'An approver rejected the customization.');
    }
    log.warn('An approval decision was ignored', { decidedBy: loaded.decidedBy, verified: loaded.verified });
  }
}
