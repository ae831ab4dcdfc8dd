import type { z } from 'zod';
import { jsonPointer } from './values/json-pointer';

/** One error in a request body. */
export interface BodyViolation {
  /** RFC 6901 pointer into the body. */
  pointer: string;
  /** Tells the caller what is wrong, why, and how to correct it. Never quotes the value. */
  message: string;
}

/** A body that satisfies its schema, or its errors. */
export type ParsedBody<T> = { ok: true; value: T } | { ok: false; violations: BodyViolation[] };

/** A caller cannot use more errors than this, and a hostile body could have thousands. */
const MOST_VIOLATIONS = 50;

/** Longer unknown keys are not repeated in pointers, so that responses stay small whatever the caller sends. */
const LONGEST_ECHOED_KEY = 100;

/** Checks a body against a schema. Never throws, whatever JSON is sent. */
export function parseBody<S extends z.ZodType>(schema: S, body: unknown): ParsedBody<z.output<S>> {
  const parsed = schema.safeParse(body, { error: humanMessage });
  if (parsed.success) return { ok: true, value: parsed.data };
  const seen = new Set<string>();
  const violations = parsed.error.issues.flatMap(toViolations).filter(({ pointer, message }) => {
    const key = `${pointer} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
  return { ok: false, violations: violations.slice(0, MOST_VIOLATIONS) };
}

function toViolations(issue: z.core.$ZodIssue): BodyViolation[] {
  if (issue.code !== 'unrecognized_keys') return [{ pointer: jsonPointer(issue.path), message: issue.message }];
  return issue.keys.slice(0, MOST_VIOLATIONS).map((key) =>
    key.length > LONGEST_ECHOED_KEY
      ? {
          pointer: jsonPointer(issue.path),
          message: `Has an unknown field whose name is ${key.length} characters long. Remove it.`,
        }
      : {
          pointer: jsonPointer([...issue.path, key]),
          message: 'Is not a known field. Remove it or correct its spelling: unknown fields are never ignored.',
        },
  );
}

/** The message for an issue whose schema has no message of its own. */
function humanMessage(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `This field is missing. Give ${noun(issue.expected)}.`
        : `Must be ${noun(issue.expected)}, not ${kindOf(issue.input)}.`;
    case 'invalid_value':
      return `Must be one of ${issue.values.map(String).join(', ')}.`;
    case 'too_big':
      return `Is too ${issue.origin === 'number' ? 'large' : 'long'}: at most ${issue.maximum} ${unit(issue.origin)}.`;
    case 'too_small':
      return `Is too ${issue.origin === 'number' ? 'small' : 'short'}: at least ${issue.minimum} ${unit(issue.origin)}.`;
    default:
      return 'Is not valid.';
  }
}

function noun(expected: string): string {
  const nouns: Record<string, string> = {
    string: 'a text',
    int: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    object: 'an object',
    array: 'a list',
    record: 'an object',
  };
  return nouns[expected] ?? expected;
}

function kindOf(input: unknown): string {
  if (input === null) return 'null';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'number') return Number.isSafeInteger(input) ? 'a whole number' : 'this number';
  return noun(typeof input);
}

function unit(origin: string): string {
  if (origin === 'string') return 'characters';
  return origin === 'array' ? 'entries' : 'is allowed';
}
