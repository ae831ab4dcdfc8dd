import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { approvalRequestSchema, type ApprovalRequest } from '../../../contract/schemas/request-schemas';
import { operationIdSchema } from '../../../contract/schemas/common';
import { mayDo } from '../../../contract/operations/kinds';
import { findDecision, recordDecision, type ApprovalDecision } from '../../../registry/operations/approvals';
import { findOperation, type OperationRow } from '../../../registry/views/operations';
import type { Principal } from '../../access/auth';
import type { ApiDependencies } from '../../dependencies';
import { causeOf } from '../../http/log';
import { ApiProblem, notNow } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { operationParams, requireOperation, stateConflict } from './operations';

const decisionSchema = z
  .strictObject({
    operationId: operationIdSchema,
    decision: z.enum(['approve', 'reject']),
    comment: z.string(),
    decidedBy: z.string().meta({ description: 'Id of the approver.' }),
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
      summary: 'Approve or reject an operation that waits for approval',
      description:
        'The first decision stands, and repeating it returns the same answer. The caller who placed the order cannot decide.',
      access: ['approvals:decide'],
      params: operationParams,
      body: approvalRequestSchema,
      answers: { 202: { description: 'Recorded; the operation continues accordingly.', schema: decisionSchema } },
      problems: ['four-eyes', 'state-conflict', 'already-decided'],
      handle: async ({ params: { operationId }, body, principal }) => {
        const operation = await requireOperation(dependencies, operationId, principal);
        if (operation.caller === principal.id)
          throw new ApiProblem('four-eyes', { detail: 'You placed this order. Ask another approver to decide.' });
        const standing =
          (await findDecision(dependencies.pool, dependencies.keys, operationId)) ??
          (await decide(dependencies, operation, body, principal));
        if (standing.decidedBy !== principal.id || standing.decision !== body.decision)
          throw new ApiProblem('already-decided', {
            detail: `The decision to ${standing.decision} was recorded first and stands.`,
          });
        if (operation.status === 'awaiting_approval') await deliver(dependencies, standing);
        const { decision, comment, decidedBy } = standing;
        return { status: 202, body: { operationId, decision, comment, decidedBy } };
      },
    }),
  ];
}

/** Records the decision before the run is told, so that a decision answered with 202 is never lost. */
async function decide(
  { pool, keys }: ApiDependencies,
  operation: OperationRow,
  { decision, comment = '' }: ApprovalRequest,
  { id: decidedBy }: Principal,
): Promise<ApprovalDecision> {
  const { operationId, status } = operation;
  if (!mayDo(operation.kind, status, decision)) throw stateConflict(operation, decision);
  const decisionId = randomUUID();
  const decided = { decisionId, operationId, decision, comment, decidedBy, verified: true };
  const standing = await recordDecision(pool, keys, decided);
  // The operation's status has changed since it was read.
  if (standing === 'not-waiting') throw stateConflict((await findOperation(pool, operationId)) ?? operation, decision);
  if (standing === 'expired')
    throw notNow('The deadline for a decision has passed, and the order is being rejected. It can be placed again.');
  return standing;
}

/** Signals the run. If that fails, the relay signals it later; a second signal has no effect. */
async function deliver(
  { runs, logger }: ApiDependencies,
  { operationId, decisionId }: ApprovalDecision,
): Promise<void> {
  try {
    await runs.signalApproval(operationId, decisionId);
  } catch (error) {
    logger.warn({ operationId, cause: causeOf(error) }, 'decision recorded; Temporal could not be reached yet');
  }
}
