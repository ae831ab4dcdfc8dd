import { z } from 'zod';
import { badRequest, type StripeError } from './errors';
import type { Metadata } from '../state/stripe-object';

// Form-encoded bodies contain only strings. These schemas parse them into typed values.

export const text = z.string().max(5000);
/** An integer. */
export const integer = z
  .string()
  .regex(/^-?\d{1,15}$/, 'integer')
  .transform(Number);
/** `true` or `false`. */
export const flag = z.enum(['true', 'false'], 'boolean').transform((value) => value === 'true');
/** Keys to set. An empty value removes its key; an empty string instead of the keys removes all. */
export const metadata = z.union([z.literal(''), z.record(z.string().min(1).max(40), z.string().max(500))]);
/** A point in time, or bounds for one, in unix seconds. */
export const range = z.union([
  integer,
  z.strictObject({ gt: integer.optional(), gte: integer.optional(), lt: integer.optional(), lte: integer.optional() }),
]);
/** Parameters of every list. */
export const paging = {
  ending_before: text.optional(),
  limit: integer.refine((limit) => limit >= 1 && limit <= 100, 'must be between 1 and 100').optional(),
  starting_after: text.optional(),
};

/** {@link paging} after parsing. */
export interface Paging {
  ending_before?: string | undefined;
  limit?: number | undefined;
  starting_after?: string | undefined;
}

/** The metadata after an update. */
export function mergeMetadata(before: Metadata, change: z.infer<typeof metadata> | undefined): Metadata {
  if (change === undefined) return before;
  if (change === '') return {};
  const after = Object.entries({ ...before, ...change }).filter(([, value]) => value !== '');
  if (after.length > 50) throw badRequest('Metadata can have up to 50 keys.', { param: 'metadata' });
  return Object.fromEntries(after);
}

/** Whether a point in time is within bounds such as `created[gte]=…`. */
export function within(moment: number, bounds: z.infer<typeof range> | undefined): boolean {
  if (bounds === undefined) return true;
  if (typeof bounds === 'number') return moment === bounds;
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = bounds;
  return moment > gt && moment >= gte && moment < lt && moment <= lte;
}

/** Parses a request's parameters. Throws Stripe's error for the first invalid one. */
export function parse<S extends z.ZodType>(schema: S, raw: unknown): z.output<S> {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  throw complaint(result.error.issues[0]!, raw);
}

function complaint(issue: z.core.$ZodIssue, raw: unknown): StripeError {
  if (issue.code === 'unrecognized_keys') {
    const param = bracketed([...issue.path, issue.keys[0]!]);
    const message = `Received unknown parameter: ${param} (this local server knows only what this project uses of Stripe)`;
    return badRequest(message, { code: 'parameter_unknown', param });
  }
  const param = bracketed(issue.path);
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], raw);
  if (value === undefined) return badRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
  if (value === '') {
    const message = `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; it cannot be unset.`;
    return badRequest(message, { code: 'parameter_invalid_empty', param });
  }
  if (issue.message === 'integer') {
    return badRequest(`Invalid integer: ${JSON.stringify(value)}`, { code: 'parameter_invalid_integer', param });
  }
  return badRequest(`Invalid ${param}: ${issue.message}`, { param });
}

function bracketed(path: PropertyKey[]): string {
  return path.map((key, index) => (index === 0 ? String(key) : `[${String(key)}]`)).join('');
}
