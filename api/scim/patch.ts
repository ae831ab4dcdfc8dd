import { ScimError } from './errors';
import { withLowerCaseNames } from './lower-case-names';

/** One operation of a PATCH request. */
export interface PatchOperation {
  op: 'add' | 'remove' | 'replace';
  /** Without the schema's URN, in lower case; empty if the operation has none. */
  path: string;
  /** As the client wrote it; filters in it hold ids, whose case matters. */
  writtenPath: string;
  value: unknown;
}

/** Most operations in one request. */
const MOST_OPERATIONS = 1000;

/**
 * The operations of a PATCH request, RFC 7644 §3.5.2. Microsoft Entra ID writes their names with a capital. An operation without a path is
 * split into one for each attribute of its value.
 */
export function operationsOf(body: unknown): PatchOperation[] {
  const operations = withLowerCaseNames(body)?.['operations'];
  if (!Array.isArray(operations) || operations.length === 0)
    throw new ScimError(400, 'The body must have a list of Operations.', 'invalidSyntax');
  if (operations.length > MOST_OPERATIONS)
    throw new ScimError(413, `A request may have at most ${MOST_OPERATIONS} operations.`);
  return operations.flatMap((each) => operationOf(each));
}

function operationOf(given: unknown): PatchOperation[] {
  const operation = withLowerCaseNames(given);
  const op = typeof operation?.['op'] === 'string' ? operation['op'].toLowerCase() : undefined;
  if (op !== 'add' && op !== 'remove' && op !== 'replace')
    throw new ScimError(400, 'Each operation must have an op: add, remove or replace.', 'invalidSyntax');
  const { path = '', value } = operation as { path?: unknown; value?: unknown };
  if (typeof path !== 'string') throw new ScimError(400, 'The path of an operation is a text.', 'invalidPath');
  if (path !== '') return [{ op, ...pathsOf(path), value }];
  const values = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  if (op === 'remove' || !values)
    throw new ScimError(400, 'An operation without a path must have an object as its value.', 'invalidSyntax');
  return Object.entries(values).map(([name, entry]) => ({ op, ...pathsOf(name), value: entry as unknown }));
}

function pathsOf(path: string): Pick<PatchOperation, 'path' | 'writtenPath'> {
  const writtenPath = path.replace(/^urn:ietf:params:scim:schemas:core:2\.0:(?:User|Group):/i, '');
  return { path: writtenPath.toLowerCase(), writtenPath };
}
