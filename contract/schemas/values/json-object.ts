import { z } from 'zod';
import type { Json } from '../../orders/order';
import { isSecretKey, isSecretValue, looksRandom, mentionsSecret } from './secret-like';

/** Limits for the free-form parts of an order. */
export const JSON_BOUNDS = { depth: 5, keys: 200, bytes: 16 * 1024 } as const;

const KEY = /^[A-Za-z][\w.-]{0,63}$/;
const INHERITED = new Set(['constructor', 'prototype']);
const NOT_STORABLE = /\0|\p{Cs}/u;
const INVISIBLE = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ufeff]|(?![\t\n\r])\p{Cc}/u;
const ELSEWHERE =
  'Settings must not hold secrets: keep it in the integration’s own secret store and refer to it by name.';

interface Finding {
  path: PropertyKey[];
  message: string;
}

/** A free-form JSON object (`settings`, `customizations`) within {@link JSON_BOUNDS} and without anything that looks like a secret. */
export function jsonObject(about: {
  description: string;
  example: Record<string, Json>;
}): z.ZodType<Record<string, Json>> {
  return z
    .custom<Record<string, Json>>(isObject, 'Must be an object of names and values.')
    .superRefine((value, context) => {
      for (const { path, message } of inspect(value)) context.addIssue({ code: 'custom', path, message });
    })
    .meta({ ...about, type: 'object', additionalProperties: true, maxProperties: JSON_BOUNDS.keys });
}

function inspect(root: Record<string, Json>): Finding[] {
  const bytes = sizeOf(root);
  if (bytes === undefined) return [{ path: [], message: 'Is not JSON, or nested too deeply. Send plain JSON values.' }];
  if (bytes > JSON_BOUNDS.bytes)
    return [{ path: [], message: `Has ${bytes} bytes of JSON; at most ${JSON_BOUNDS.bytes} are allowed. Shorten it.` }];
  const findings: Finding[] = [];
  let keys = 0;
  const visit = (value: unknown, path: PropertyKey[], depth: number): void => {
    const problem = valueProblem(value, depth);
    if (problem) findings.push({ path, message: problem });
    else if (Array.isArray(value)) value.forEach((item, index) => visit(item, [...path, index], depth + 1));
    else if (isObject(value))
      for (const [key, item] of Object.entries(value)) {
        keys += 1;
        const found = keyProblem(key, item, path);
        if (found) findings.push(found);
        else visit(item, [...path, key], depth + 1);
      }
  };
  visit(root, [], 0);
  if (keys > JSON_BOUNDS.keys)
    findings.unshift({ path: [], message: `Has ${keys} keys; at most ${JSON_BOUNDS.keys} are allowed. Remove some.` });
  return findings;
}

function keyProblem(key: string, value: unknown, parent: PropertyKey[]): Finding | undefined {
  // Pointers may be logged, so they never contain a key that is itself a credential, nor one of unlimited length.
  if (isSecretValue(key)) return { path: parent, message: `Has a key that looks like a credential. ${ELSEWHERE}` };
  const path = key.length > 64 ? parent : [...parent, key];
  if (!KEY.test(key) || INHERITED.has(key))
    return {
      path,
      message: 'Is not allowed as a key: a letter, then up to 63 letters, digits, dots, hyphens or underscores.',
    };
  if (isSecretKey(key) && isHeld(key, value))
    return { path, message: `Has a name that is used for secrets. ${ELSEWHERE}` };
  if (mentionsSecret(key) && typeof value === 'string' && looksRandom(value))
    return { path, message: `Has a name that mentions a secret and a value that looks like one. ${ELSEWHERE}` };
  return undefined;
}

/** Whether a value can hold a secret. A boolean cannot, and a number whose key is a plural is a count. */
function isHeld(key: string, value: unknown): boolean {
  return value !== null && typeof value !== 'boolean' && !(typeof value === 'number' && key.endsWith('s'));
}

function valueProblem(value: unknown, depth: number): string | undefined {
  if (value === null || typeof value === 'boolean') return undefined;
  if (typeof value === 'string') return textProblem(value);
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value))) return undefined;
    return 'Is a number too large to be stored exactly. Send it as a text.';
  }
  if (!Array.isArray(value) && !isObject(value)) return 'Is not a JSON value.';
  if (depth >= JSON_BOUNDS.depth) return `Is nested more than ${JSON_BOUNDS.depth} levels deep. Flatten it.`;
  return undefined;
}

function textProblem(text: string): string | undefined {
  if (NOT_STORABLE.test(text))
    return 'Contains NUL or half of a surrogate pair, which the database cannot store. Remove it.';
  if (INVISIBLE.test(text))
    return 'Contains control or text-direction characters, which can disguise the text. Remove them.';
  if (isSecretValue(text)) return `Looks like a credential. ${ELSEWHERE}`;
  return undefined;
}

/** Size of the value as JSON in bytes; undefined when JSON cannot express it (cycles, big integers, nesting beyond the stack). */
function sizeOf(value: unknown): number | undefined {
  try {
    return Buffer.byteLength(JSON.stringify(value));
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Compare with no particular Object.prototype: objects may come from another realm, as those of structuredClone do under a test runner.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
