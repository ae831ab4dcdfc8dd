import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import './request';

/** Gives every request an id: the caller's `X-Request-Id` if it is safe to log, otherwise a new UUID. The answer repeats it. */
export const requestId: RequestHandler = (request, response, next) => {
  const given = request.get('x-request-id');
  request.requestId = given !== undefined && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
  response.set('x-request-id', request.requestId);
  next();
};
