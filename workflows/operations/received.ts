import { ApplicationFailure } from '@temporalio/workflow';
import { isPlainText } from '../../contract/text/message-text';
import { MALFORMED } from '../../contract/operations/messages';
import { Unreadable } from '../../contract/temporal/unreadable';

/** Members of a received input or message, not yet validated. */
export type Fields = Record<string, unknown>;

/** Whether a value is valid for a member. */
export type Check = (value: unknown) => boolean;

/** The failure that refuses an input or a message. Not retryable. */
export function malformed(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, MALFORMED);
}

/** The members of a message; an absent message counts as an empty one. Throws `MalformedMessage`. */
export function fieldsOf(what: string, sent: unknown): Fields {
  if (sent instanceof Unreadable) throw malformed(`${what}: ${sent.why}`);
  if (sent === undefined || sent === null) return {};
  if (typeof sent !== 'object' || Array.isArray(sent) || sent instanceof Uint8Array)
    throw malformed(`${what}: expected an object, or nothing.`);
  return sent as Fields;
}

/**
 * Returns the input of a workflow after checking it against `shape`. Throws `MalformedMessage`, which ends the run. If only the key that
 * decrypts the input is missing, the workflow task fails instead, and the run waits until the key is restored.
 */
export function inputOf<T extends object>(input: T, shape: { [Member in keyof T]-?: Check }): T {
  if (input instanceof Unreadable && input.keyMissing) throw new Error(input.why);
  const fields = fieldsOf('The input', input);
  const wrong = Object.entries(shape as Record<string, Check>).flatMap(([name, check]) =>
    check(fields[name]) ? [] : [name],
  );
  if (wrong.length > 0) throw malformed(`Missing or invalid in the input: ${wrong.join(', ')}.`);
  return input;
}

/** A short text, such as an id or a name. */
export const aText: Check = (value) =>
  typeof value === 'string' && value.length > 0 && value.length <= 200 && isPlainText(value);

/** A text that matches the pattern. */
export const matching =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value);

export const oneOf =
  (values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);

/** A number in this range, both ends included. */
export const between =
  (least: number, most: number): Check =>
  (value) =>
    typeof value === 'number' && value >= least && value <= most;

/** An object whose members pass these checks; it may have others. */
export const anObject =
  (shape: Record<string, Check>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(shape).every(([name, check]) => check((value as Fields)[name]));

/** A list in which every item passes the check. */
export const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

/** Absent, or passes the check. */
export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

export const aBoolean: Check = (value) => typeof value === 'boolean';

/** Checks of an id's form; only the registry knows whether the id exists. */
export const TENANT_ID = matching(/^[a-z][a-z0-9]{15}$/);
export const OPERATION_ID = matching(/^op_[a-z2-7]{20}$/);
export const UUID = matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i);
