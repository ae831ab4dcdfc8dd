import { ApiException } from '@kubernetes/client-node';

/** The API server's answer besides the status code (meta/v1 `Status`). */
export interface Answer {
  reason: string;
  message: string;
  causes: string[];
}

/** Whether the API server answered with this HTTP status. */
export function isStatus(error: unknown, status: number): error is ApiException<unknown> {
  return error instanceof ApiException && error.code === status;
}

/** Resolves also if the object of the request does not exist. The server checks the right to the request before it looks for the object. */
export async function ignoreMissing(request: Promise<void>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
  }
}

/** The `Status` in an error answer; its texts are empty if a proxy or an old server sent something else. */
export function answerIn(error: ApiException<unknown>): Answer {
  const status = parse(error.body) as
    { reason?: unknown; message?: unknown; details?: { causes?: { reason?: unknown }[] } } | undefined;
  return {
    reason: text(status?.reason),
    message: text(status?.message),
    causes: (status?.details?.causes ?? []).map((cause) => text(cause.reason)),
  };
}

function parse(body: unknown): unknown {
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
