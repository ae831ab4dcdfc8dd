import { ApiException } from '@kubernetes/client-node';

/** What the API server says besides the status code (meta/v1 `Status`). */
export interface Answer {
  reason: string;
  message: string;
  causes: string[];
}

/** Whether the API server answered with this HTTP status. */
export function isStatus(error: unknown, status: number): error is ApiException<unknown> {
  return error instanceof ApiException && error.code === status;
}

/** The `Status` inside an error answer; empty texts where a proxy or an old server sent something else. */
export function answerIn(error: ApiException<unknown>): Answer {
  const status = parsed(error.body) as
    { reason?: unknown; message?: unknown; details?: { causes?: { reason?: unknown }[] } } | undefined;
  return {
    reason: text(status?.reason),
    message: text(status?.message),
    causes: (status?.details?.causes ?? []).map((cause) => text(cause.reason)),
  };
}

function parsed(body: unknown): unknown {
  if (typeof body !== 'string') return typeof body === 'object' && body !== null ? body : undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
