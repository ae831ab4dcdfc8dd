import { isNativeError } from 'node:util/types';
import { failure } from '../../failures';

/**
 * The error code of an S3, IAM or Versity answer (`NoSuchBucket`, `EntityAlreadyExists` …), or undefined for anything else. The SDK calls
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

/** An answer that names an error although the call itself succeeded, or that did not come through the SDK; shaped like the SDK's own. */
export class StorageError extends Error {
  readonly $metadata: { httpStatusCode: number };
  readonly $response: { headers: Record<string, string> };

  constructor(code: string, status: number, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.name = code;
    this.$metadata = { httpStatusCode: status };
    this.$response = { headers };
  }
}

/** A part that every such answer has. One without it comes from somebody else, or is none, and says nothing about what exists. */
export function required<T>(part: T | undefined, name: string): T {
  if (part !== undefined) return part;
  throw failure('OutcomeUnknown', `The object store answered without ${name}.`);
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
