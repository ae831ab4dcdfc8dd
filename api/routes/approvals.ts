import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { approvalRequestSchema, type ApprovalRequest } from '../../contract/schemas/request-schemas';
import { operationIdSchema } from '../../contract/schemas/common';
import { mayDo } from '../../contract/states';
import { findDecision, recordDecision, type ApprovalDecision } from '../../registry/approvals';
import { findOperation, type OperationRow } from '../../registry/operation-views';
import type { Principal } from '../auth';
import type { ApiDependencies } from '../dependencies';
import { causeOf } from '../log';
import { ApiProblem } from '../problems';
import { defineRoute, type Route } from '../route';
import { operationParams, requireOperation, stateConflict } from './operations';

const decisionSchema = z
  .strictObject({
    operationId: operationIdSchema,
    decision: z.enum(['approve', 'reject']),
    comment: z.string(),
    decidedBy: z.string().meta({ description: 'The approver.' }),
  })
  .meta({ id: 'Decision', description: 'The decision that stands.' });

/** `POST /v1/operations/{operationId}/approval`. */
export function approvalRoutes(dependencies: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/v1/operations/{operationId}/approval',
      operationId: 'decideApproval',
      tag: 'Operations',
      summary: 'Approve or reject what an operation waits for',
      description: 'The first decision stands; sending it again gets the same answer. Who ordered cannot decide.',
      access: ['approvals:decide'],
      params: operationParams,
      body: approvalRequestSchema,
      answers: { 202: { description: 'Recorded; the operation goes on by it.', schema: decisionSchema } },
      problems: ['four-eyes', 'state-conflict', 'already-decided'],
      handle: async ({ params: { operationId }, body, principal }) => {
        const operation = await requireOperation(dependencies, operationId, principal);
        if (operation.caller === principal.id)
          throw new ApiProblem('four-eyes', { detail: 'You ordered this. Ask another approver to decide.' });
        const standing =
          (await findDecision(dependencies.pool, dependencies.keys, operationId)) ??
          (await decide(dependencies, operation, body, principal));
        if (standing.decidedBy !== principal.id || standing.decision !== body.decision)
          throw new ApiProblem('already-decided', {
            detail: `The decision to ${standing.decision} came first and stands.`,
          });
        if (operation.status === 'awaiting_approval') await deliver(dependencies, standing);
        const { decision, comment, decidedBy } = standing;
        return { status: 202, body: { operationId, decision, comment, decidedBy } };
      },
    }),
  ];
}

/** Writes the decision down before anybody is told: what was answered with 202 is never lost. */
async function decide(
  { pool, keys }: ApiDependencies,
  operation: OperationRow,
  { decision, comment = '' }: ApprovalRequest,
  { id: decidedBy }: Principal,
): Promise<ApprovalDecision> {
  const { operationId, status } = operation;
  if (!mayDo(status, decision)) throw stateConflict(operation, decision);
  const decisionId = randomUUID();
  const decided = { decisionId, operationId, decision, comment, decidedBy, verified: true };
  const standing = await recordDecision(pool, keys, decided);
  // The operation has moved on since it was read.
  if (standing === 'not-waiting') throw stateConflict((await findOperation(pool, operationId)) ?? operation, decision);
  if (standing === 'expired')
    throw new ApiProblem('state-conflict', {
      detail: 'The deadline for a decision has passed: the order is being turned down. It can be placed again.',
      allowed: [],
    });
  return standing;
}

/** Tells the run. When it cannot be told now, the relay tells it later; a second signal changes nothing. */
async function deliver(
  { runs, logger }: ApiDependencies,
  { operationId, decisionId }: ApprovalDecision,
): Promise<void> {
  try {
    await runs.signalApproval(operationId, decisionId);
  } catch (error) {
    logger.warn({ operationId, cause: causeOf(error) }, 'decided; Temporal could not be told yet');
  }
}
