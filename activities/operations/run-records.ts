import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import { closeApproval, findDecision, recordDecision } from '../../registry/operations/approvals';
import { recordOutcome } from '../../registry/operations/transitions';
import type { Dependencies } from '../dependencies';
import type { Activities, DecisionInput, DecisionLoaded } from './interface';
import { listLeftovers } from './leftovers';

interface RecordDependencies extends Pick<Dependencies, 'pool'> {
  effects: Pick<Dependencies['effects'], 'releaseStep' | 'revertStep'>;
  keys: KeyWrapper;
}

/** The activities by which a run records its progress and its end, undoes a step, and learns of an approval decision. */
export function createRunRecords({
  effects,
  keys,
  pool,
}: RecordDependencies): Pick<
  Activities,
  'compensateStep' | 'recordProgress' | 'concludeCompensation' | 'loadDecision'
> {
  return {
    async compensateStep({ operationId, step }) {
      try {
        await effects.revertStep(operationId, step);
        await effects.releaseStep(operationId, step);
      } catch (error) {
        throw retryable(error);
      }
    },

    async recordProgress({ approvalDeadline, holdUntil, ...progress }) {
      await recordOutcome(pool, {
        ...progress,
        ...(approvalDeadline === undefined ? {} : { approvalDeadline: new Date(approvalDeadline) }),
        ...(holdUntil === undefined ? {} : { holdUntil: new Date(holdUntil) }),
      });
    },

    async concludeCompensation({ status, ...conclusion }) {
      const leftovers = await listLeftovers(pool, conclusion.operationId);
      const end = leftovers.length > 0 ? 'needs_operator' : status;
      await recordOutcome(pool, { ...conclusion, status: end, leftovers });
      return { status: end, leftovers };
    },

    async loadDecision(input) {
      const { operationId, acceptUnverified, atDeadline } = input;
      await recordUnverified(input);
      const standing = await (atDeadline ? closeApproval : findDecision)(pool, keys, operationId);
      if (!standing || !(standing.verified || acceptUnverified)) return IGNORED;
      // Leave the comment out: whatever an activity returns is kept in the workflow's history.
      const { decision, decidedBy, verified } = standing;
      return { decision, decidedBy, verified };
    },
  };

  async function recordUnverified(input: DecisionInput): Promise<void> {
    if (!input.acceptUnverified || input.decision === undefined) return;
    await recordDecision(pool, keys, {
      decisionId: randomUUID(),
      operationId: input.operationId,
      decision: input.decision,
      comment: input.comment ?? '',
      decidedBy: 'unverified: a signal past the API',
      verified: false,
    });
  }
}

/** A refusal ends a step but not its undo, whose time is bounded: permissions and providers can be repaired while it is retried. */
export function retryable(error: unknown): unknown {
  if (!(error instanceof ApplicationFailure) || !error.nonRetryable) return error;
  const { type, message, cause } = error;
  return ApplicationFailure.create({ type: type ?? 'InternalError', message, ...(cause ? { cause } : {}) });
}

const IGNORED: DecisionLoaded = { decision: 'ignored', decidedBy: 'nobody', verified: false };
