import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { closeApproval, findDecision, recordDecision } from '../registry/approvals';
import { recordOutcome } from '../registry/outcomes';
import type { Dependencies } from './dependencies';
import type { Activities, DecisionInput, DecisionLoaded } from './interface';
import { listLeftovers } from './leftovers';

/** What the run tells the registry about itself, the undo of a step, and what an approval signal decided. */
export function createOutcome({
  effects,
  keys,
  pool,
}: Dependencies): Pick<Activities, 'compensateStep' | 'recordProgress' | 'concludeCompensation' | 'loadDecision'> {
  return {
    async compensateStep({ operationId, step }) {
      try {
        await effects.releaseStep(operationId, step);
      } catch (error) {
        throw worthRepeating(error);
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
      // The comment stays in the registry: what an activity returns becomes history.
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

/** A refusal ends a step, but not its undo: permissions and providers are mended while it is tried, and its time is bounded. */
function worthRepeating(error: unknown): unknown {
  if (!(error instanceof ApplicationFailure) || !error.nonRetryable) return error;
  const { type, message, cause } = error;
  return ApplicationFailure.create({ type: type ?? 'InternalError', message, ...(cause ? { cause } : {}) });
}

const IGNORED: DecisionLoaded = { decision: 'ignored', decidedBy: 'nobody', verified: false };
