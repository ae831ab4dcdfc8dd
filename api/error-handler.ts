import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Logger } from 'pino';
import { KeysUnavailable } from '../contract/key-wrapping';
import { isUnavailable } from '../registry/database';
import { TenantKeyDestroyed } from '../registry/tenant-keys';
import { causeOf } from './log';
import { ApiProblem } from './problems';

/** Answers with a problem whatever was thrown. What is no problem of the catalogue is logged as a defect and shows nothing of itself. */
export function errorHandler(publicUrl: string, logger: Logger): ErrorRequestHandler {
  return (error: unknown, request: Request, response: Response, next) => {
    if (response.headersSent) return next(error);
    const problem = asProblem(error);
    if (problem.status >= 500 && !(error instanceof ApiProblem))
      logger.error(
        { requestId: request.requestId, route: request.routePath ?? 'none', cause: causeOf(error) },
        problem.type === 'internal-error' ? 'a request failed by a defect' : `a request was answered ${problem.type}`,
      );
    sendProblem(response, problem, publicUrl, request);
  };
}

/** Sends a problem, RFC 9457. */
export function sendProblem(response: Response, problem: ApiProblem, publicUrl: string, request: Request): void {
  response
    .status(problem.status)
    .set({ 'cache-control': 'no-store', ...problem.occurrence.headers })
    .type('application/problem+json')
    .send(JSON.stringify(problem.toJson(publicUrl, shownPath(request), request.requestId)));
}

/** The path without its query, and not endless: answers repeat no more of a request than is needed to recognise it. */
function shownPath({ originalUrl }: Request): string {
  return originalUrl.split('?', 1)[0]!.slice(0, 200);
}

function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof TenantKeyDestroyed) return new ApiProblem('key-destroyed');
  if (error instanceof KeysUnavailable) return new ApiProblem('keys-unavailable', { headers: { 'retry-after': '5' } });
  if (isUnavailable(error)) return new ApiProblem('registry-unavailable', { headers: { 'retry-after': '5' } });
  // What Express and its router say of a URL they cannot decode.
  if ((error as { status?: number }).status === 400) return new ApiProblem('malformed-request');
  return new ApiProblem('internal-error');
}
