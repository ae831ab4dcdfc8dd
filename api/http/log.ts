import type { Request, RequestHandler, Response } from 'express';
import pino, { type DestinationStream, type Logger } from 'pino';
import { pinoHttp } from 'pino-http';

/**
 * A logger that writes JSON lines without anything callers send: no headers, bodies, queries or addresses. Every line has `fields`.
 */
export function createLogger(
  level: string,
  name: string,
  destination?: DestinationStream,
  fields: () => object = () => ({}),
): Logger {
  const options = {
    name,
    level,
    mixin: fields,
    redact: { paths: ['*.authorization', '*.password', '*.token', '*.email', 'req.headers'], remove: true },
    serializers: { err: causeOf },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** The loggable part of an error. A database error's `detail` quotes rows and a mail server's reply quotes addresses: both are left out. */
export function causeOf(error: unknown): {
  type: string;
  message: string;
  code?: string | undefined;
  stack?: string | undefined;
} {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an error' };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: withoutAddresses(error.message),
    stack: error.stack === undefined ? undefined : withoutAddresses(error.stack),
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : undefined,
  };
}

/** Logs one line per request: method, documented route, status, milliseconds and caller. Probes are logged only if they fail. */
export function requestLog(logger: Logger): RequestHandler {
  return pinoHttp<Request, Response>({
    logger,
    genReqId: (request) => request.requestId,
    quietReqLogger: true,
    // The library's default serialisers would log the URL, query and address.
    serializers: { req: () => undefined, res: () => undefined, err: causeOf },
    wrapSerializers: false,
    customAttributeKeys: { reqId: 'requestId' },
    autoLogging: { ignore: ({ path }) => path === '/healthz' || path === '/metrics' || path === '/readyz' },
    customLogLevel: (_request, response, error) => (error || response.statusCode >= 500 ? 'error' : 'info'),
    customSuccessMessage: () => 'request',
    customErrorMessage: () => 'request failed',
    customSuccessObject: (request, response, value: { responseTime?: number }) => summary(request, response, value),
    customErrorObject: (request, response, _error, value: { responseTime?: number }) =>
      summary(request, response, value),
  });
}

function summary(request: Request, response: Response, { responseTime }: { responseTime?: number }): object {
  return {
    method: request.method,
    route: request.routePath ?? 'none',
    status: response.statusCode,
    ms: responseTime,
    ...(request.principal ? { caller: request.principal.id } : {}),
    // The answer is finished outside the request's span.
    ...(request.traceId === undefined ? {} : { trace_id: request.traceId }),
  };
}

function withoutAddresses(text: string): string {
  return text.replaceAll(/[\w.!#$%&*+=?^{|}~-]{1,64}@[\w-]+(?:\.[\w-]+)+/g, '[address]');
}
