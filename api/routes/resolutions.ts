import { createHash, randomUUID } from 'node:crypto';
import canonicalize from 'canonicalize';
import {
  resolutionAnswerSchema,
  resolutionRequestSchema,
  type ResolutionRequestBody,
} from '../../contract/schemas/request-schemas';
import { mayDo } from '../../contract/states';
import { findOperation, type OperationRow } from '../../registry/operation-views';
import {
  findRequested,
  listTaken,
  refuseResolution,
  requestResolution,
  type Resolution,
} from '../../registry/resolutions';
import type { ApiDependencies } from '../dependencies';
import { causeOf } from '../log';
import { ApiProblem } from '../problems';
import { resolutionDetails } from '../resolution-details';
import { defineRoute, type Route } from '../route';
import type { ResolveAnswer } from '../runs';
import { operationParams, requireOperation, stateConflict } from './operations';

/** A decision as it was asked for. */
interface Asked {
  operation: OperationRow;
  body: ResolutionRequestBody;
  requestedBy: string;
  idempotencyKey: string | undefined;
}

/** `POST /v1/operations/{operationId}/resolution`. */
export function resolutionRoutes(dependencies: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/v1/operations/{operationId}/resolution',
      operationId: 'resolveOperation',
      tag: 'Operations',
      summary: 'Decide what becomes of an operation that waits for an operator',
      description:
        'Of several decisions the first one stands, and the others are refused. With an `Idempotency-Key` the same decision can be sent again until an answer arrives: it is carried out once, and one that was refused stays refused.',
      access: ['operations:operate'],
      params: operationParams,
      body: resolutionRequestSchema,
      idempotent: true,
      answers: { 202: { description: 'Taken: follow the operation.', schema: resolutionAnswerSchema } },
      problems: ['state-conflict', 'idempotency-key-reused', 'temporal-unavailable', 'keys-unavailable'],
      handle: async ({ params: { operationId }, body, principal, idempotencyKey }) => {
        const operation = await requireOperation(dependencies, operationId, principal);
        const asked = { operation, body, requestedBy: principal.id, idempotencyKey };
        const repeated = await findRepeat(dependencies, asked);
        const resolution = repeated ?? (await writeDown(dependencies, asked));
        if (resolution.state !== 'taken') await hand(dependencies, operation, resolution);
        const { resolutionId, verb } = resolution;
        return {
          status: 202,
          body: { operationId, resolutionId, verb },
          replayed: repeated?.state === 'taken',
          headers: { location: `/v1/operations/${operationId}` },
        };
      },
    }),
  ];
}

/** What was asked for with this key before, whatever state the operation is in by now. */
async function findRepeat({ pool }: ApiDependencies, asked: Asked): Promise<Resolution | undefined> {
  if (asked.idempotencyKey === undefined) return undefined;
  const before = await findRequested(pool, asked.requestedBy, asked.idempotencyKey);
  if (!before) return undefined;
  refuseAnotherBody(before, asked);
  if (before.state !== 'requested') return before;
  // Nobody knows whether the run has heard of it. It was about what the operation stood at then; another decision may have changed that.
  const taken = await listTaken(pool, before.operationId);
  if (!taken.some(({ takenAt }) => takenAt! > before.requestedAt)) return before;
  await refuseResolution(pool, before.resolutionId);
  return { ...before, state: 'refused' };
}

/** Checks the decision and writes it down before the run is told: the run reads its details there. */
async function writeDown(dependencies: ApiDependencies, asked: Asked): Promise<Resolution> {
  const { operation, body, requestedBy, idempotencyKey } = asked;
  if (!mayDo(operation.status, body.verb)) throw stateConflict(operation, body.verb);
  const resolution = await requestResolution(dependencies.pool, {
    resolutionId: randomUUID(),
    operationId: operation.operationId,
    verb: body.verb,
    reason: body.reason ?? '',
    requestedBy,
    verified: true,
    idempotencyKey: idempotencyKey ?? null,
    requestHash: hashOf(asked),
    ...(await resolutionDetails(dependencies, operation, body)),
  });
  // The same key may have arrived twice at once.
  refuseAnotherBody(resolution, asked);
  return resolution;
}

/** Has the run take it, or throws the problem that says why it does not. */
async function hand(
  { runs, pool, logger }: ApiDependencies,
  operation: OperationRow,
  { operationId, resolutionId, verb, reason, state }: Resolution,
): Promise<void> {
  const answer: ResolveAnswer =
    state === 'refused'
      ? { answer: 'refused' }
      : await runs.resolve({ operationId, verb, resolutionId, reason }).catch((error: unknown) => {
          logger.warn({ operationId, cause: causeOf(error) }, 'nobody answered a resolution');
          throw unavailable();
        });
  if (answer.answer === 'taken') return;
  const now = (await findOperation(pool, operationId)) ?? operation;
  if (isBehind(answer, now) || (answer.answer === 'not-running' && mayDo(now.status, verb))) throw unavailable();
  await refuseResolution(pool, resolutionId);
  throw refusal(now, verb, answer);
}

/** The registry hears of leftovers a moment before the run does that has counted them. */
function isBehind(answer: ResolveAnswer, { status }: OperationRow): boolean {
  return answer.answer === 'refused' && answer.status === 'compensating' && status === 'needs_operator';
}

function refusal(now: OperationRow, verb: string, answer: ResolveAnswer): ApiProblem {
  const conflict = stateConflict(now, verb);
  if (!mayDo(now.status, verb as Resolution['verb'])) return conflict;
  const words = answer.answer === 'refused' ? answer.words : undefined;
  return new ApiProblem('state-conflict', {
    ...conflict.occurrence,
    detail: words ?? 'The run has refused this decision. Look at the operation before you decide anew.',
  });
}

function refuseAnotherBody({ requestHash }: Resolution, asked: Asked): void {
  if (!requestHash?.equals(hashOf(asked))) throw new ApiProblem('idempotency-key-reused');
}

/** SHA-256 of what was asked and of which operation, RFC 8785. */
function hashOf({ operation: { operationId }, body }: Asked): Buffer {
  return createHash('sha256').update(canonicalize({ operationId, body })!).digest();
}

function unavailable(): ApiProblem {
  return new ApiProblem('temporal-unavailable', {
    detail:
      'The run has not answered, so it is not known whether it has taken the decision. Look at the operation, or send it again with the same Idempotency-Key.',
    headers: { 'retry-after': '5' },
  });
}
