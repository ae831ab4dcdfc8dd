import { isNativeError } from 'node:util/types';

/**
 * The error code of an answer in AWS's shapes (`NoSuchBucket`, `EntityAlreadyExists` …), or undefined for anything else. The SDK calls
 * some of them by the exception's name (`EntityAlreadyExistsException`); they come out alike.
 */
export function codeOf(error: unknown): string | undefined {
  return isNativeError(error) && statusOf(error) !== undefined ? error.name.replace(/Exception$/, '') : undefined;
}

/** The HTTP status an SDK error carries, or undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
}

/** A response header an SDK error carries; names are lower-case. */
export function headerOf(error: unknown, name: string): string | undefined {
  return (error as { $response?: { headers?: Record<string, string> } } | undefined)?.$response?.headers?.[name];
}

/** The call's answer, or undefined when it failed with one of these codes; other errors pass. */
export async function unlessCode<T>(call: Promise<T>, ...codes: string[]): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (codes.includes(codeOf(error) ?? '')) return undefined;
    throw error;
  }
}
