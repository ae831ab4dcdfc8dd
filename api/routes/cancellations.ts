import { z } from 'zod';
import { operationIdSchema } from '../../contract/schemas/common';
import { cancelRequestSchema } from '../../contract/schemas/request-schemas';
import { mayDo, STATUSES } from '../../contract/states';
import { announce } from '../../registry/audit-once';
import { findOperation, type OperationRow } from '../../registry/operation-views';
import type { ApiDependencies } from '../dependencies';
import { causeOf } from '../log';
import { ApiProblem } from '../problems';
import { defineRoute, type Route } from '../route';
import { operationParams, requireOperation, stateConflict } from './operations';

const cancellingSchema = z
  .strictObject({ operationId: operationIdSchema, status: z.enum(STATUSES) })
  .meta({ id: 'Cancelling', description: 'The operation turns round and undoes what it made.' });

/** `POST /v1/operations/{operationId}/cancel`. */
export function cancellationRoutes(dependencies: ApiDependencies): Route[] {
  const { pool } = dependencies;
  return [
    defineRoute({
      method: 'post',
      path: '/v1/operations/{operationId}/cancel',
      operationId: 'cancelOperation',
      tag: 'Operations',
      summary: 'Cancel an operation and undo what it made',
      description:
        'Possible until the tenant is active; afterwards it is refused. A token that may only order cancels its own. Sending it again is the same as once.',
      access: ['operations:operate', 'tenants:order'],
      params: operationParams,
      body: cancelRequestSchema,
      bodyOptional: true,
      answers: { 202: { description: 'It is being undone: follow the operation.', schema: cancellingSchema } },
      problems: ['state-conflict', 'temporal-unavailable'],
      handle: async ({ params: { operationId }, body, principal }) => {
        const operation = await requireOperation(dependencies, operationId, principal);
        const mayOperate = principal.roles.includes('operations:operate');
        if (!mayOperate && operation.caller !== principal.id)
          throw new ApiProblem('forbidden', {
            detail: 'Somebody else ordered this: it needs the role operations:operate.',
          });
        if (!wasCancelled(operation))
          await cancel(dependencies, operation, { requestedBy: principal.id, reason: body?.reason ?? '' });
        const { status } = (await findOperation(pool, operationId)) ?? operation;
        return { status: 202, body: { operationId, status }, headers: { location: `/v1/operations/${operationId}` } };
      },
    }),
  ];
}

/** A cancellation that was sent again finds its own work. */
function wasCancelled({ status, failure }: OperationRow): boolean {
  return status === 'cancelled' || (status === 'compensating' && failure?.type === 'Cancelled');
}

async function cancel(
  { runs, pool, logger }: ApiDependencies,
  operation: OperationRow,
  { requestedBy, reason }: { requestedBy: string; reason: string },
): Promise<void> {
  const { operationId, tenantId } = operation;
  if (!mayDo(operation.status, 'cancel')) throw stateConflict(operation, 'cancel');
  const about = { tenantId, operationId, actor: requestedBy };
  const detail = reason === '' ? {} : { reason };
  // Before the run is asked: one that turns round must have been asked to.
  await announce(pool, { ...about, action: 'operation.cancel-requested', detail });
  const refuse = async (): Promise<never> => {
    await announce(pool, { ...about, action: 'operation.cancel-refused', detail: {} });
    throw stateConflict((await findOperation(pool, operationId)) ?? operation, 'cancel');
  };
  const answer = await runs.cancel(operationId, requestedBy).catch((error: unknown) => {
    logger.warn({ operationId, cause: causeOf(error) }, 'nobody answered a cancellation');
    throw unavailable();
  });
  // The run has moved on since it was read.
  if (answer === 'refused') await refuse();
  if (answer === 'not-running') {
    const now = (await findOperation(pool, operationId)) ?? operation;
    if (mayDo(now.status, 'cancel')) throw unavailable();
    await refuse();
  }
}

function unavailable(): ApiProblem {
  return new ApiProblem('temporal-unavailable', {
    detail: 'The run could not be reached, so it is not known to be cancelled. Look at the operation and ask again.',
    headers: { 'retry-after': '5' },
  });
}
