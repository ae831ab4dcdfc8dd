import { isNativeError } from 'node:util/types';

/**
 * The AWS error code of an answer (`NoSuchBucket`, `EntityAlreadyExists` …), or undefined for any other error. The SDK reports some codes
 * as an exception's name (`EntityAlreadyExistsException`); the suffix is removed.
 */
export function codeOf(error: unknown): string | undefined {
  return isNativeError(error) && statusOf(error) !== undefined ? error.name.replace(/Exception$/, '') : undefined;
}

/** The HTTP status in an SDK error, or undefined if there was no answer. */
export function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
}

/** A response header in an SDK error; `name` is in lower case. */
export function headerOf(error: unknown, name: string): string | undefined {
  return (error as { $response?: { headers?: Record<string, string> } } | undefined)?.$response?.headers?.[name];
}

/** The call's answer, or undefined if it failed with one of these codes. Rethrows all other errors. */
export async function unlessCode<T>(call: Promise<T>, ...codes: string[]): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (codes.includes(codeOf(error) ?? '')) return undefined;
    throw error;
  }
}
