import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Logger } from 'pino';
import { KeysUnavailable } from '../../contract/keys/key-wrapping';
import { isUnavailable } from '../../registry/database';
import { TenantKeyDestroyed } from '../../registry/keys/tenant-keys';
import { LegalHoldStands } from '../../registry/tenants/legal-holds';
import { causeOf } from './log';
import { ApiProblem } from './problems';

/** Answers every error with a problem. An error outside the catalogue is logged as a defect, and its answer reveals nothing about it. */
export function errorHandler(publicUrl: string, logger: Logger): ErrorRequestHandler {
  return (error: unknown, request: Request, response: Response, next) => {
    if (response.headersSent) return next(error);
    const problem = asProblem(error);
    if (problem.status >= 500 && !(error instanceof ApiProblem))
      logger.error(
        { requestId: request.requestId, route: request.routePath ?? 'none', cause: causeOf(error) },
        problem.type === 'internal-error' ? 'request failed with a defect' : `request answered with ${problem.type}`,
      );
    sendProblem(response, problem, publicUrl, request);
  };
}

/** Sends a problem as `application/problem+json`, RFC 9457. */
export function sendProblem(response: Response, problem: ApiProblem, publicUrl: string, request: Request): void {
  response
    .status(problem.status)
    .set({ 'cache-control': 'no-store', ...problem.occurrence.headers })
    .type('application/problem+json')
    .send(JSON.stringify(problem.toJson(publicUrl, shownPath(request), request.requestId)));
}

/** The path without its query, cut to 200 characters: an answer repeats only enough of a request to recognise it. */
function shownPath({ originalUrl }: Request): string {
  return originalUrl.split('?', 1)[0]!.slice(0, 200);
}

function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof TenantKeyDestroyed) return new ApiProblem('key-destroyed');
  if (error instanceof LegalHoldStands) return new ApiProblem('legal-hold', { detail: error.message, allowed: [] });
  if (error instanceof KeysUnavailable) return new ApiProblem('keys-unavailable', { headers: { 'retry-after': '5' } });
  if (isUnavailable(error)) return new ApiProblem('registry-unavailable', { headers: { 'retry-after': '5' } });
  // Express and its router throw this for a URL that they cannot decode.
  if ((error as { status?: number }).status === 400) return new ApiProblem('malformed-request');
  return new ApiProblem('internal-error');
}
