import { ApplicationFailure } from '@temporalio/workflow';
import { isPlainText } from '../contract/message-text';
import { MALFORMED } from '../contract/messages';
import { Unreadable } from '../contract/unreadable';

/** The members of what somebody has sent; not yet checked. */
export type Fields = Record<string, unknown>;

/** Whether a value is what a member must be. */
export type Check = (value: unknown) => boolean;

/** Refuses an input or a message. Nothing about it is ever tried again. */
export function malformed(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, MALFORMED);
}

/** The members of a message that may come without any. Throws `MalformedMessage`. */
export function fieldsOf(what: string, sent: unknown): Fields {
  if (sent instanceof Unreadable) throw malformed(`${what}: ${sent.why}`);
  if (sent === undefined || sent === null) return {};
  if (typeof sent !== 'object' || Array.isArray(sent) || sent instanceof Uint8Array)
    throw malformed(`${what}: expected an object, or nothing.`);
  return sent as Fields;
}

/**
 * The input of a workflow, once every member named is as it must be. Throws `MalformedMessage`, which ends the run; a key that is missing fails
 * the workflow task instead, and the run waits until the key is put back.
 */
export function inputOf<T extends object>(input: T, shape: { [Member in keyof T]-?: Check }): T {
  if (input instanceof Unreadable && input.keyMissing) throw new Error(input.why);
  const fields = fieldsOf('The input', input);
  const wrong = Object.entries(shape as Record<string, Check>).flatMap(([name, check]) =>
    check(fields[name]) ? [] : [name],
  );
  if (wrong.length > 0) throw malformed(`The input has no usable ${wrong.join(', ')}.`);
  return input;
}

/** A text of one line, as ids and names are. */
export const aText: Check = (value) =>
  typeof value === 'string' && value.length > 0 && value.length <= 200 && isPlainText(value);

/** Text of this pattern. */
export const matching =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value);

/** One of these. */
export const oneOf =
  (values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);

/** A number between these, both included. */
export const between =
  (least: number, most: number): Check =>
  (value) =>
    typeof value === 'number' && value >= least && value <= most;

/** An object with these members. */
export const anObject =
  (shape: Record<string, Check>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(shape).every(([name, check]) => check((value as Fields)[name]));

/** A list of such. */
export const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

/** Such, or nothing. */
export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

/** Yes or no. */
export const aBoolean: Check = (value) => typeof value === 'boolean';

/** Ids by their shape; whether they exist is the registry's to say. */
export const TENANT_ID = matching(/^[a-z][a-z0-9]{15}$/);
export const OPERATION_ID = matching(/^op_[a-z2-7]{20}$/);
export const UUID = matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i);
