import { z } from 'zod';
import { operationIdSchema, tenantIdSchema } from '../../../contract/schemas/common';
import { operationPageSchema, operationSchema } from '../../../contract/schemas/operation-schema';
import { OPERATION_KINDS, verbsIn } from '../../../contract/operations/kinds';
import { hasEnded } from '../../../contract/operations/states';
import { listOperations } from '../../../registry/views/operation-list';
import { findOperation, readOperation, type OperationRow } from '../../../registry/views/operations';
import { runInWebUi } from '../../../contract/temporal/web-ui';
import type { Principal } from '../../access/auth';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { operationsSeenBy, READS_OPERATIONS } from '../../access/visibility';
import { filterOf, listQuery } from '../list-query';

/** Parameters of a route about one operation. */
export const operationParams = z.strictObject({ operationId: operationIdSchema });

const operationsQuery = listQuery.extend({
  kind: z.enum(OPERATION_KINDS).optional().meta({ description: 'What the operation does to its tenant.' }),
  tenantId: tenantIdSchema.optional().meta({ description: 'Only operations of this tenant.' }),
  open: z.literal('true').optional().meta({ description: 'Only operations that have not ended.' }),
  undelivered: z
    .literal('true')
    .optional()
    .meta({ description: 'Only operations with mail that has not reached its recipient.' }),
});

const POLL_SECONDS = '2';

/** `GET /v1/operations` and `GET /v1/operations/{operationId}`. */
export function operationRoutes({ pool, keys, estimates, operatorUrls }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/operations',
      operationId: 'listOperations',
      tag: 'Operations',
      summary: 'List operations, newest first',
      description:
        'Results are left out. Operations that have not ended have their `estimate`. A token that may only order sees its own operations.',
      access: READS_OPERATIONS,
      query: operationsQuery,
      answers: { 200: { description: 'A page of operations.', schema: operationPageSchema } },
      problems: [],
      handle: async ({ query: { undelivered, open, kind, tenantId, ...query }, principal }) => {
        const filter = await filterOf({ pool, keys }, query, operationsSeenBy(principal));
        const asked = {
          ...filter,
          kind,
          tenantId,
          open: open === 'true',
          undelivered: undelivered === 'true',
        };
        const page = await listOperations(pool, asked, (read) => estimates.addTo(read));
        return { status: 200, body: page, contentType: 'application/json' };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/operations/{operationId}',
      operationId: 'getOperation',
      tag: 'Operations',
      summary: 'Get the status of an operation',
      description:
        'Answered from the registry, so it works while Temporal or the workers are down; whether workers poll a queue is then unknown. `estimate` says how long the operation still takes, and `progress` of a step how it gets on.',
      access: READS_OPERATIONS,
      params: operationParams,
      answers: {
        200: {
          description: 'The operation with its steps and its outcome.',
          schema: operationSchema,
          headers: { 'Retry-After': 'Seconds to wait before polling again; absent once the operation has ended.' },
        },
      },
      problems: [],
      handle: async ({ params: { operationId }, principal }) => {
        const row = await requireOperation({ pool }, operationId, principal);
        const operation = await estimates.addTo(await readOperation(pool, keys, row));
        const seesRun = principal.roles.includes('operations:operate');
        return {
          status: 200,
          body: { ...operation, ...(seesRun ? webUiOf(operatorUrls, operationId) : {}) },
          headers: hasEnded(row.status) ? {} : { 'retry-after': POLL_SECONDS },
        };
      },
    }),
  ];
}

function webUiOf({ temporalUi, temporalNamespace = 'default' }: ApiDependencies['operatorUrls'], operationId: string) {
  return temporalUi === undefined
    ? {}
    : { webUi: runInWebUi({ url: temporalUi, namespace: temporalNamespace }, operationId) };
}

/** The operation, if the caller may see it. Throws the problem `not-found` otherwise. */
export async function requireOperation(
  { pool }: Pick<ApiDependencies, 'pool'>,
  operationId: string,
  principal: Principal,
): Promise<OperationRow> {
  const row = await findOperation(pool, operationId, operationsSeenBy(principal));
  if (!row) throw new ApiProblem('not-found', { detail: 'There is no such operation, or your token may not see it.' });
  return row;
}

/** The problem for a verb that the operation's status does not allow. It lists the verbs that are possible now. */
export function stateConflict({ kind, status }: Pick<OperationRow, 'kind' | 'status'>, verb: string): ApiProblem {
  const allowed = [...verbsIn(kind, status)];
  const instead = allowed.length > 0 ? `Possible now: ${allowed.join(', ')}.` : 'No action is possible now.';
  return new ApiProblem('state-conflict', {
    detail: `The operation is ${status}, so ${verb} is not possible. ${instead}`,
    allowed,
  });
}
