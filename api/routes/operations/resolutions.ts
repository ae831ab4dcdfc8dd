import { createHash, randomUUID } from 'node:crypto';
import canonicalize from 'canonicalize';
import {
  resolutionAnswerSchema,
  resolutionRequestSchema,
  type ResolutionRequestBody,
} from '../../../contract/schemas/request-schemas';
import { mayDo } from '../../../contract/operations/kinds';
import type { OperationStatus } from '../../../contract/operations/states';
import { findOperation, type OperationRow } from '../../../registry/views/operations';
import {
  findRequested,
  listTaken,
  refuseResolution,
  requestResolution,
  type Resolution,
} from '../../../registry/operations/resolutions';
import type { ApiDependencies } from '../../dependencies';
import { causeOf } from '../../http/log';
import { ApiProblem } from '../../http/problems';
import { resolutionDetails } from './resolution-details';
import { defineRoute, type Route } from '../../http/route';
import type { ResolveAnswer } from '../../temporal/operation-runs';
import { operationParams, requireOperation, stateConflict } from './operations';

/** A decision as the caller requested it. */
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
      summary: 'Resolve an operation that waits for an operator',
      description:
        'If several decisions arrive, the first one stands and the others are refused. With an `Idempotency-Key`, the same decision can be sent again until an answer arrives. It is carried out only once, and a refused decision stays refused.',
      access: ['operations:operate'],
      params: operationParams,
      body: resolutionRequestSchema,
      idempotent: true,
      answers: { 202: { description: 'Taken by the run. Follow the operation.', schema: resolutionAnswerSchema } },
      problems: ['state-conflict', 'idempotency-key-reused', 'temporal-unavailable', 'keys-unavailable'],
      handle: async ({ params: { operationId }, body, principal, idempotencyKey }) => {
        const operation = await requireOperation(dependencies, operationId, principal);
        const asked = { operation, body, requestedBy: principal.id, idempotencyKey };
        const repeated = await findRepeat(dependencies, asked);
        const resolution = repeated ?? (await store(dependencies, asked));
        if (resolution.state !== 'taken') await deliver(dependencies, operation, resolution);
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

/** The decision that was requested with this key before, whatever state the operation is in by now. */
async function findRepeat({ pool }: ApiDependencies, asked: Asked): Promise<Resolution | undefined> {
  if (asked.idempotencyKey === undefined) return undefined;
  const before = await findRequested(pool, asked.requestedBy, asked.idempotencyKey);
  if (!before) return undefined;
  refuseAnotherBody(before, asked);
  if (before.state !== 'requested') return before;
  // The run may not have received the decision, which was meant for the operation's status at that time. Refuse it if another decision was
  // taken since, because that may have changed the status.
  const taken = await listTaken(pool, before.operationId);
  if (!taken.some(({ takenAt }) => takenAt! > before.requestedAt)) return before;
  await refuseResolution(pool, before.resolutionId);
  return { ...before, state: 'refused' };
}

/** Checks the decision and stores it before the run is told, because the run reads its details from the registry. */
async function store(dependencies: ApiDependencies, asked: Asked): Promise<Resolution> {
  const { operation, body, requestedBy, idempotencyKey } = asked;
  if (!mayDo(operation.kind, operation.status, body.verb)) throw stateConflict(operation, body.verb);
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
  // A concurrent request may have stored another decision under the same key.
  refuseAnotherBody(resolution, asked);
  return resolution;
}

/** Has the run take the decision. Throws the problem that explains why, if the run does not take it. */
async function deliver(
  { runs, pool, logger }: ApiDependencies,
  operation: OperationRow,
  { operationId, resolutionId, verb, reason, state }: Resolution,
): Promise<void> {
  const answer: ResolveAnswer =
    state === 'refused'
      ? { answer: 'refused' }
      : await runs.resolve({ operationId, verb, resolutionId, reason }).catch((error: unknown) => {
          logger.warn({ operationId, cause: causeOf(error) }, 'a resolution was not answered');
          throw unavailable();
        });
  if (answer.answer === 'taken') return;
  const now = (await findOperation(pool, operationId)) ?? operation;
  if (isBehind(answer, now) || (answer.answer === 'not-running' && mayDo(now.kind, now.status, verb)))
    throw unavailable();
  await refuseResolution(pool, resolutionId);
  throw refusal(now, verb, answer);
}

/** True in the moment when the registry already says `needs_operator` while the run that wrote it still is in the status from before. */
function isBehind(answer: ResolveAnswer, { status }: OperationRow): boolean {
  const before: (OperationStatus | undefined)[] = ['compensating', 'removing'];
  return answer.answer === 'refused' && before.includes(answer.status) && status === 'needs_operator';
}

function refusal(now: OperationRow, verb: string, answer: ResolveAnswer): ApiProblem {
  const conflict = stateConflict(now, verb);
  if (!mayDo(now.kind, now.status, verb as Resolution['verb'])) return conflict;
  const words = answer.answer === 'refused' ? answer.words : undefined;
  return new ApiProblem('state-conflict', {
    ...conflict.occurrence,
    detail: words ?? 'The run has refused this decision. Look at the operation before you decide again.',
  });
}

function refuseAnotherBody({ requestHash }: Resolution, asked: Asked): void {
  if (!requestHash?.equals(hashOf(asked))) throw new ApiProblem('idempotency-key-reused');
}

/** SHA-256 of the operation's id and the requested decision as canonical JSON, RFC 8785. */
function hashOf({ operation: { operationId }, body }: Asked): Buffer {
  return createHash('sha256').update(canonicalize({ operationId, body })!).digest();
}

function unavailable(): ApiProblem {
  return new ApiProblem('temporal-unavailable', {
    detail:
      'The run has not answered, so it may or may not have taken the decision. Look at the operation, or send the request again with the same Idempotency-Key.',
    headers: { 'retry-after': '5' },
  });
}
