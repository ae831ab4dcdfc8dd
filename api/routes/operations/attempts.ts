import { isFailureType } from '../../../contract/operations/failures';
import {
  attemptsSchema,
  MOST_ATTEMPTS,
  type OperationAttempts,
} from '../../../contract/schemas/operations/attempt-schema';
import { listNewestAttempts, type RecordedAttempt } from '../../../registry/views/steps';
import type { ApiDependencies } from '../../dependencies';
import { READS_OPERATIONS } from '../../access/visibility';
import { defineRoute, type Route } from '../../http/route';
import { operationParams, requireOperation } from './operations';

/** `GET /v1/operations/{operationId}/attempts`. */
export function attemptRoutes({ pool }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/operations/{operationId}/attempts',
      operationId: 'listAttempts',
      tag: 'Operations',
      summary: 'List the attempts of an operation’s steps',
      description:
        'Every attempt with its times and its failure, also of the undo. Attempts are recorded as far as possible: a worker that dies may leave one out.',
      access: READS_OPERATIONS,
      params: operationParams,
      answers: { 200: { description: 'The attempts.', schema: attemptsSchema } },
      problems: [],
      handle: async ({ params: { operationId }, principal }) => {
        await requireOperation({ pool }, operationId, principal);
        const attempts = await listNewestAttempts(pool, operationId, MOST_ATTEMPTS + 1);
        const shown = attempts.slice(-MOST_ATTEMPTS);
        return {
          status: 200,
          body: { operationId, items: shown.map(viewAttempt), complete: shown.length === attempts.length },
        };
      },
    }),
  ];
}

function viewAttempt(recorded: RecordedAttempt): OperationAttempts['items'][number] {
  const { step, activityId, attempt, direction, startedAt, endedAt, errorType, errorMessage, nextTry } = recorded;
  return {
    step,
    activity: activityId,
    attempt,
    direction,
    startedAt: startedAt.toISOString(),
    ...(endedAt ? { endedAt: endedAt.toISOString() } : {}),
    ...(errorType === null
      ? {}
      : { error: { type: isFailureType(errorType) ? errorType : 'InternalError', message: errorMessage ?? '' } }),
    ...(nextTry ? { nextTry: nextTry.toISOString() } : {}),
  };
}
