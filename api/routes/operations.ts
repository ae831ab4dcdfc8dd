import { z } from 'zod';
import { operationIdSchema } from '../../contract/schemas/common';
import { operationPageSchema, operationSchema } from '../../contract/schemas/operation-schema';
import { STATE_TABLE } from '../../contract/states';
import { findOperation, listOperations, readOperation, type OperationRow } from '../../registry/operation-views';
import type { Principal } from '../auth';
import type { ApiDependencies } from '../dependencies';
import { ApiProblem } from '../problems';
import { defineRoute, type Route } from '../route';
import { operationsSeenBy } from '../visibility';
import { filterOf, listQuery } from './list-query';

/** Parameters of a route about one operation. */
export const operationParams = z.strictObject({ operationId: operationIdSchema });

const operationsQuery = listQuery.extend({
  undelivered: z
    .literal('true')
    .optional()
    .meta({ description: 'Only operations with mail that has not reached the person who waits for it.' }),
});

const POLL_SECONDS = '2';

/** `GET /v1/operations` and `GET /v1/operations/{operationId}`. */
export function operationRoutes({ pool, keys }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/operations',
      operationId: 'listOperations',
      tag: 'Operations',
      summary: 'List operations, newest first',
      description: 'Without their results. A token that may only order sees its own.',
      access: ['tenants:read', 'tenants:order', 'approvals:decide', 'operations:operate'],
      query: operationsQuery,
      answers: { 200: { description: 'A page.', schema: operationPageSchema } },
      problems: [],
      handle: async ({ query: { undelivered, ...query }, principal }) => {
        const filter = await filterOf({ pool, keys }, query, operationsSeenBy(principal));
        return { status: 200, body: await listOperations(pool, { ...filter, undelivered: undelivered === 'true' }) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/operations/{operationId}',
      operationId: 'getOperation',
      tag: 'Operations',
      summary: 'Where an operation stands',
      description: 'From the registry alone: it answers while Temporal or the workers are down.',
      access: ['tenants:read', 'tenants:order', 'approvals:decide', 'operations:operate'],
      params: operationParams,
      answers: {
        200: {
          description: 'The operation, its ten steps and what came of it.',
          schema: operationSchema,
          headers: { 'Retry-After': 'Seconds after which to look again; absent once it has ended.' },
        },
      },
      problems: [],
      handle: async ({ params: { operationId }, principal }) => {
        const row = await requireOperation({ pool }, operationId, principal);
        return {
          status: 200,
          body: await readOperation(pool, keys, row),
          headers: STATE_TABLE[row.status].end ? {} : { 'retry-after': POLL_SECONDS },
        };
      },
    }),
  ];
}

/** The operation, if the caller may see it; else the problem `not-found`. */
export async function requireOperation(
  { pool }: Pick<ApiDependencies, 'pool'>,
  operationId: string,
  principal: Principal,
): Promise<OperationRow> {
  const row = await findOperation(pool, operationId, operationsSeenBy(principal));
  if (!row) throw new ApiProblem('not-found', { detail: 'There is no such operation, or it is not yours to see.' });
  return row;
}

/** The problem of a verb that the operation's state does not allow; it names those that are allowed. */
export function stateConflict({ status }: Pick<OperationRow, 'status'>, verb: string): ApiProblem {
  const allowed = [...STATE_TABLE[status].verbs];
  const instead = allowed.length > 0 ? `It allows ${allowed.join(', ')}.` : 'It allows nothing of the kind.';
  return new ApiProblem('state-conflict', {
    detail: `The operation is ${status}: ${verb} is not possible. ${instead}`,
    allowed,
  });
}
