import { z } from 'zod';
import type { Json } from '../../orders/order';

/** Greater than the depth of any order: `settings` begin at the second level and have up to five levels. */
const DEEPEST = 10;

/** Names that every object inherits. The merge treats some of them specially, and no field of an order has such a name. */
const INHERITED = new Set(['__proto__', ...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

/** A JSON Merge Patch (RFC 7396) for an object. The patched object is validated as a whole after the patch is applied. */
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
      'A JSON Merge Patch (RFC 7396) for the order: fields replace those of the order, and null removes a field. Only fields that no finished step has used may change.',
    example: { paymentMethod: 'pm_card_visa' },
  });

function problemsOf(value: unknown, path: PropertyKey[] = []): { path: PropertyKey[]; message: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  if (path.length === DEEPEST)
    return [{ path, message: `Is nested more than ${DEEPEST} levels deep, which no order is. Flatten it.` }];
  return Object.entries(value).flatMap(([key, item]) =>
    INHERITED.has(key)
      ? [{ path: [...path, key], message: 'Is not a known field. Remove it.' }]
      : problemsOf(item, [...path, key]),
  );
}
