import { z } from 'zod';
import { operationIdSchema } from '../../../contract/schemas/common';
import { cancelRequestSchema } from '../../../contract/schemas/request-schemas';
import { mayDo } from '../../../contract/operations/kinds';
import { STATUSES } from '../../../contract/operations/states';
import { announce } from '../../../registry/audit/append-once';
import { findOpenOperation } from '../../../registry/operations/operations';
import { findOperation, type OperationRow } from '../../../registry/views/operations';
import { findTenant } from '../../../registry/views/tenants';
import type { Principal } from '../../access/auth';
import { tenantsSeenBy } from '../../access/visibility';
import type { ApiDependencies } from '../../dependencies';
import { causeOf } from '../../http/log';
import { ApiProblem, notNow } from '../../http/problems';
import { defineRoute, type Route, type RouteAnswer } from '../../http/route';
import { noTenant, tenantParams } from '../tenants/tenants';
import { operationParams, requireOperation, stateConflict } from './operations';

const cancellingSchema = z
  .strictObject({ operationId: operationIdSchema, status: z.enum(STATUSES) })
  .meta({ id: 'Cancelling', description: 'The operation stops and undoes what it made.' });

/** Roles that may cancel: every operation, or those that the caller has asked for. */
const MAY_CANCEL = ['operations:operate', 'tenants:order', 'tenants:suspend', 'tenants:deprovision'] as const;

const route = {
  method: 'post',
  access: MAY_CANCEL,
  body: cancelRequestSchema,
  bodyOptional: true,
  answers: { 202: { description: 'The operation is being undone. Follow its status.', schema: cancellingSchema } },
  problems: ['state-conflict', 'temporal-unavailable'],
} as const;

/** `POST /v1/operations/{operationId}/cancel` and `POST /v1/tenants/{tenantId}:cancel`. */
export function cancellationRoutes(dependencies: ApiDependencies): Route[] {
  return [
    defineRoute({
      ...route,
      path: '/v1/operations/{operationId}/cancel',
      operationId: 'cancelOperation',
      tag: 'Operations',
      summary: 'Cancel an operation and undo what it made',
      description:
        'Possible until the pivot of the operation, refused afterwards. Without the role operations:operate, a token can cancel only its own operations. Repeating the request has no further effect.',
      params: operationParams,
      handle: async ({ params: { operationId }, body, principal }) =>
        answer(dependencies, await requireOperation(dependencies, operationId, principal), principal, body?.reason),
    }),
    defineRoute({
      ...route,
      path: '/v1/tenants/{tenantId}:cancel',
      operationId: 'cancelTenantOperation',
      tag: 'Tenants',
      summary: 'Cancel the open operation of a tenant',
      description:
        'The same as cancelling the operation by its id, for instance to call off the removal of a tenant. 409 if no operation of the tenant is open.',
      params: tenantParams,
      handle: async ({ params: { tenantId }, body, principal }) => {
        const tenant = await findTenant(dependencies.pool, tenantId, tenantsSeenBy(principal));
        if (!tenant) throw noTenant();
        const open = await findOpenOperation(dependencies.pool, tenantId);
        if (!open) throw notNow(`The tenant is ${tenant.state}, and no operation of it is open.`);
        const operation = await requireOperation(dependencies, open.operationId, principal);
        return answer(dependencies, operation, principal, body?.reason);
      },
    }),
  ];
}

async function answer(
  dependencies: ApiDependencies,
  operation: OperationRow,
  { id, roles }: Principal,
  reason = '',
): Promise<RouteAnswer> {
  const { operationId } = operation;
  if (!roles.includes('operations:operate') && operation.caller !== id)
    throw new ApiProblem('forbidden', {
      detail: 'Another caller has asked for this operation. Cancelling it requires the role operations:operate.',
    });
  if (!wasCancelled(operation)) await cancel(dependencies, operation, { requestedBy: id, reason });
  const { status } = (await findOperation(dependencies.pool, operationId)) ?? operation;
  return { status: 202, body: { operationId, status }, headers: { location: `/v1/operations/${operationId}` } };
}

/** True if an earlier request has already cancelled the operation, so that a repeat succeeds. */
function wasCancelled({ status, failure }: OperationRow): boolean {
  return status === 'cancelled' || (status === 'compensating' && failure?.type === 'Cancelled');
}

async function cancel(
  { runs, pool, logger }: ApiDependencies,
  operation: OperationRow,
  { requestedBy, reason }: { requestedBy: string; reason: string },
): Promise<void> {
  const { operationId, tenantId } = operation;
  if (!mayDo(operation.kind, operation.status, 'cancel')) throw stateConflict(operation, 'cancel');
  const about = { tenantId, operationId, actor: requestedBy };
  const detail = reason === '' ? {} : { reason };
  // Recorded before the run is asked, so that the trail has a request for every run that is cancelled.
  await announce(pool, { ...about, action: 'operation.cancel-requested', detail });
  const refuse = async (): Promise<never> => {
    await announce(pool, { ...about, action: 'operation.cancel-refused', detail: {} });
    throw stateConflict((await findOperation(pool, operationId)) ?? operation, 'cancel');
  };
  const answer = await runs.cancel(operationId, requestedBy).catch((error: unknown) => {
    logger.warn({ operationId, cause: causeOf(error) }, 'a cancellation was not answered');
    throw unavailable();
  });
  // The run's status has changed since it was read.
  if (answer === 'refused') await refuse();
  if (answer === 'not-running') {
    const now = (await findOperation(pool, operationId)) ?? operation;
    if (mayDo(now.kind, now.status, 'cancel')) throw unavailable();
    await refuse();
  }
}

function unavailable(): ApiProblem {
  return new ApiProblem('temporal-unavailable', {
    detail:
      'The run could not be reached, so it may not have been cancelled. Look at the operation and send the request again.',
    headers: { 'retry-after': '5' },
  });
}
