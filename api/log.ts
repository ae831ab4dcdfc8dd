import type { Request, RequestHandler, Response } from 'express';
import pino, { type DestinationStream, type Logger } from 'pino';
import { pinoHttp } from 'pino-http';

/** A logger that writes JSON lines and has nothing in them of what callers send: no headers, bodies, queries or addresses. */
export function createLogger(level: string, name: string, destination?: DestinationStream): Logger {
  const options = {
    name,
    level,
    redact: { paths: ['*.authorization', '*.password', '*.token', '*.email', 'req.headers'], remove: true },
    serializers: { err: causeOf },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** What of an error is logged. A database's `detail` quotes rows and a mail server's text quotes addresses: both stay out. */
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

/** One line a request: method, route as in the documentation, status, milliseconds, caller. Probes are quiet unless they fail. */
export function requestLog(logger: Logger): RequestHandler {
  return pinoHttp<Request, Response>({
    logger,
    genReqId: (request) => request.requestId,
    quietReqLogger: true,
    // The library's own view of a request has its URL, query and address.
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
  };
}

function withoutAddresses(text: string): string {
  return text.replaceAll(/[\w.!#$%&*+=?^{|}~-]{1,64}@[\w-]+(?:\.[\w-]+)+/g, '[address]');
}
