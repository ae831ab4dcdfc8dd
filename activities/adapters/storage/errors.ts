import { failure } from '../../failures';

export { codeOf, headerOf, statusOf, unlessCode } from '../../aws-errors';

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
