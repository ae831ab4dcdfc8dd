import { failure } from '../port/failures';

export { codeOf, headerOf, statusOf, unlessCode } from '../aws/errors';

/** An error reported inside a successful response, or received without the SDK; it has the shape of the SDK's own errors. */
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

/**
 * Returns a part that every valid answer contains. Throws `OutcomeUnknown` without it: such an answer does not come from the store itself,
 * so it proves nothing about what exists.
 */
export function required<T>(part: T | undefined, name: string): T {
  if (part !== undefined) return part;
  throw failure('OutcomeUnknown', `The object store answered without ${name}.`);
}
