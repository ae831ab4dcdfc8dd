import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  evaluatedFlagSchema,
  evaluatedFlagsSchema,
  evaluationRequestSchema,
  failedEvaluationSchema,
  failedEvaluationsSchema,
} from '../../../contract/schemas/flags/ofrep-schema';
import { OFREP_PATH } from '../../access/api-key-caller';
import type { ApiDependencies } from '../../dependencies';
import { createFlagEngines } from '../../flags/engines';
import { evaluateFlag, evaluateFlags, type FlagContext } from '../../flags/evaluate';
import { defineRoute, type Route } from '../../http/route';
import { matches } from '../tenants/tenants';

const NO_CONTEXT = {
  errorCode: 'INVALID_CONTEXT' as const,
  errorDetails: 'Send a JSON object whose `context` is an object; its `targetingKey`, if present, must be a text.',
};
const FRESH = { 'cache-control': 'private, no-cache' };

/** Any key may be asked for: OFREP has an answer of its own for one that does not exist. */
const flagParams = z.strictObject({
  flag: z.string().meta({ description: 'Key of the flag.', example: 'new-editor' }),
});

/** `POST /ofrep/v1/evaluate/flags` and `POST /ofrep/v1/evaluate/flags/{flag}`, by the OpenFeature Remote Evaluation Protocol. */
export function flagEvaluationRoutes({ pool, keys }: ApiDependencies): Route[] {
  const engines = createFlagEngines(pool, keys);
  return [
    defineRoute({
      method: 'post',
      path: `${OFREP_PATH}/evaluate/flags`,
      operationId: 'evaluateFlags',
      tag: 'Feature flags',
      summary: 'Evaluate all feature flags of the key’s tenant',
      description:
        'For OpenFeature clients that keep the values of one user. Send the `ETag` you have as `If-None-Match` to get 304 while no value has changed for this context. A change of a flag that was answered before this request is in the answer.',
      access: 'api-key',
      body: z.unknown(),
      documentedBody: evaluationRequestSchema,
      bodyOptional: true,
      answers: {
        200: {
          description: 'The values.',
          schema: evaluatedFlagsSchema,
          headers: { ETag: 'Changes with any of the values.' },
        },
        304: { description: 'The values are those of the given `ETag`.' },
        400: { description: 'The context is not valid.', schema: failedEvaluationsSchema },
      },
      problems: ['key-destroyed', 'keys-unavailable'],
      handle: async ({ body, apiKey, header }) => {
        const context = contextOf(body);
        if (!context) return { status: 400, body: NO_CONTEXT };
        const answer = { flags: evaluateFlags(await engines.of(apiKey!.tenantId), context) };
        const etag = `"${createHash('sha256').update(JSON.stringify(answer)).digest('base64url')}"`;
        const headers = { ...FRESH, etag };
        if (matches(header('if-none-match'), etag)) return { status: 304, headers };
        return { status: 200, body: answer, headers };
      },
    }),
    defineRoute({
      method: 'post',
      path: `${OFREP_PATH}/evaluate/flags/{flag}`,
      operationId: 'evaluateFlag',
      tag: 'Feature flags',
      summary: 'Evaluate a feature flag of the key’s tenant',
      description: 'For OpenFeature clients of servers, which ask whenever they need a value.',
      access: 'api-key',
      params: flagParams,
      body: z.unknown(),
      documentedBody: evaluationRequestSchema,
      bodyOptional: true,
      answers: {
        200: { description: 'The value.', schema: evaluatedFlagSchema },
        400: { description: 'The flag has no value for this context.', schema: failedEvaluationSchema },
        404: { description: 'The tenant has no such flag.', schema: failedEvaluationSchema },
      },
      problems: ['key-destroyed', 'keys-unavailable'],
      handle: async ({ params: { flag }, body, apiKey }) => {
        const context = contextOf(body);
        if (!context) return { status: 400, body: { key: flag, ...NO_CONTEXT } };
        const found = evaluateFlag(await engines.of(apiKey!.tenantId), flag, context);
        return { status: statusOf(found), body: found, headers: FRESH };
      },
    }),
  ];
}

function contextOf(body: unknown): FlagContext | undefined {
  const parsed = evaluationRequestSchema.safeParse(body ?? {});
  return parsed.success ? (parsed.data.context ?? {}) : undefined;
}

function statusOf(found: ReturnType<typeof evaluateFlag>): number {
  if (!('errorCode' in found)) return 200;
  return found.errorCode === 'FLAG_NOT_FOUND' ? 404 : 400;
}
