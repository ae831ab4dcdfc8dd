import type { Accepted } from '../../../contract/schemas/operation-schema';
import { markStarted } from '../../../registry/operations/operations';
import type { ApiDependencies } from '../../dependencies';
import { causeOf } from '../../http/log';
import type { RouteAnswer } from '../../http/route';
import type { StartRun } from '../../temporal/operation-runs';

/** Seconds to wait before polling the operation for the first time. */
const RETRY_AFTER = 2;

/** Headers of the answer to an accepted request, for the OpenAPI document. */
export const ACCEPTED_HEADERS = {
  Location: 'Path of the operation.',
  'Retry-After': 'Seconds to wait before polling it.',
};

/** Starts the run of an accepted operation. It stays accepted if this fails, because the relay starts the run later. */
export async function startAccepted({ pool, runs, logger }: ApiDependencies, run: StartRun): Promise<void> {
  try {
    await runs.start(run);
    await markStarted(pool, run.operationId);
  } catch (error) {
    logger.warn({ operationId: run.operationId, cause: causeOf(error) }, 'accepted; Temporal could not be reached yet');
  }
}

/** The answer to an accepted request, or to its repetition. */
export function acceptedAnswer({ operationId, tenantId, status }: Accepted, replayed: boolean): RouteAnswer {
  return {
    status: 202,
    replayed,
    body: { tenantId, operationId, status },
    headers: { location: `/v1/operations/${operationId}`, 'retry-after': String(RETRY_AFTER) },
  };
}
