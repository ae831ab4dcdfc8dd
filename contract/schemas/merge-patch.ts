import { z } from 'zod';
import type { Json } from '../order';

/** Deeper than any order: `settings` begin on the second level and have five. */
const DEEPEST = 10;

/** Names an object inherits. Merging stops at some of them, and no field of an order has one. */
const INHERITED = new Set(['__proto__', ...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

/** A JSON Merge Patch (RFC 7396) of an object. What comes of it is checked as a whole once it is applied. */
export const mergePatch = z
  .custom<Record<string, Json>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'Must be an object: a JSON Merge Patch (RFC 7396).',
  )
  .superRefine((patch, context) => {
    for (const { path, message } of problemsOf(patch)) context.addIssue({ code: 'custom', path, message });
  })
  .meta({
    type: 'object',
    additionalProperties: true,
    description:
      'A JSON Merge Patch (RFC 7396) of the order: fields replace the order’s, null removes one. Only fields that no finished step has worked from may change.',
    example: { paymentMethod: 'pm_card_visa' },
  });

function problemsOf(value: unknown, path: PropertyKey[] = []): { path: PropertyKey[]; message: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  if (path.length === DEEPEST)
    return [{ path, message: `Is nested more than ${DEEPEST} levels deep; no order is. Flatten it.` }];
  return Object.entries(value).flatMap(([key, item]) =>
    INHERITED.has(key)
      ? [{ path: [...path, key], message: 'This is not a field here. Remove it.' }]
      : problemsOf(item, [...path, key]),
  );
}
