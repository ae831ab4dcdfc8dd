import type { ErrorRequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { FAILURES, isFailureType } from '../../contract/operations/failures';
import { isUnavailable } from '../../registry/database';
import { causeOf } from '../http/log';
import { ApiProblem } from '../http/problems';

/** The keywords of RFC 7644 §3.12 that this service uses. */
type ScimType =
  'invalidFilter' | 'tooMany' | 'uniqueness' | 'mutability' | 'invalidSyntax' | 'invalidPath' | 'invalidValue';

/** Thrown to answer a SCIM request with an error. The detail quotes nothing that the client sent. */
export class ScimError extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly scimType?: ScimType,
    readonly headers: Record<string, string> = {},
  ) {
    super(detail);
    this.name = 'ScimError';
  }
}

/** The error for a resource that does not exist, or is not this tenant's. */
export function noResource(): ScimError {
  return new ScimError(404, 'There is no such resource in this directory.');
}

/** The error for a change that may or may not have been made. */
export function outcomeUnknown(): ScimError {
  return unavailable('The change may have been made: an answer was lost. Send the request again.');
}

/** Seconds after which a client sends a request again whose outcome is unknown. */
const RETRY_AFTER = '10';

/** Answers an error in the form of RFC 7644 §3.12. */
export function sendScimError(response: Response, error: ScimError): void {
  const { status, scimType, detail, headers } = error;
  const body = {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(status),
    ...(scimType ? { scimType } : {}),
    detail,
  };
  response
    .status(status)
    .set({ 'cache-control': 'no-store', ...headers })
    .type('application/scim+json')
    .send(JSON.stringify(body));
}

/** Answers every error of a SCIM request. One that is not expected is logged as a defect, and its answer reveals nothing about it. */
export function scimErrorHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const answer = asScimError(error);
    if (answer.status >= 500)
      logger.error(
        { requestId: request.requestId, route: request.routePath ?? 'none', cause: causeOf(error) },
        answer.status === 500 ? 'SCIM request failed with a defect' : 'SCIM request could not be carried out',
      );
    sendScimError(response, answer);
  };
}

function asScimError(error: unknown): ScimError {
  if (error instanceof ScimError) return error;
  if (error instanceof ApiProblem) return fromProblem(error);
  if (isUnavailable(error)) return unavailable('The registry does not answer, and nothing was changed.');
  const { type } = (error ?? {}) as { type?: unknown };
  if (typeof type === 'string' && isFailureType(type)) return fromFailure(type);
  // Express throws this for a URL that it cannot decode.
  if ((error as { status?: number }).status === 400) return new ScimError(400, 'The URL cannot be decoded.');
  return new ScimError(500, 'This is a defect of the service. Its operators find the cause by the request id.');
}

/** Problems of what SCIM shares with the rest of the API: bodies and limits. */
function fromProblem({ type, status, message, occurrence }: ApiProblem): ScimError {
  const scimType = ['malformed-json', 'malformed-request'].includes(type) ? 'invalidSyntax' : undefined;
  return new ScimError(status, occurrence.detail ?? `${message}.`, scimType, occurrence.headers);
}

function fromFailure(type: keyof typeof FAILURES): ScimError {
  if (type === 'ProviderRefused')
    return new ScimError(
      400,
      'The identity provider refuses a value, such as an invalid e-mail address.',
      'invalidValue',
    );
  const { class: kind } = FAILURES[type];
  if (kind === 'unknown') return outcomeUnknown();
  if (kind === 'retryable') return unavailable('The identity provider does not answer.');
  return new ScimError(
    500,
    'The service cannot carry out the request. Its operators find the cause by the request id.',
  );
}

function unavailable(detail: string): ScimError {
  return new ScimError(503, detail, undefined, { 'retry-after': RETRY_AFTER });
}
