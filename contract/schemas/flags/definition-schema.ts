import { z } from 'zod';
import { MOST_FLAGS } from '../../flags/flags';
import type { Json } from '../../orders/order';
import { slug } from '../values/slug';

/** Limits of a targeting rule. Evaluation recurses, and rules are cached in memory. */
const TARGETING_BOUNDS = { depth: 20, bytes: 16 * 1024 } as const;

/** A flag's key. */
export const flagKey = slug.meta({ description: 'Key of the flag.', example: 'new-editor' });

/** Name of a variant; flagd allows more, but a name must be readable in an audit trail. */
export const variantName = slug.meta({ description: 'Name of one of the flag’s variants.', example: 'on' });

const json = z.unknown() as z.ZodType<Json>;

/** A targeting rule in JSONLogic. Only its size is checked here; `templates/flags.ts` checks it against flagd's schema. */
export const targeting = z
  .record(z.string(), json)
  .refine((rule) => JSON.stringify(rule).length <= TARGETING_BOUNDS.bytes, {
    error: `Is longer than ${TARGETING_BOUNDS.bytes} characters of JSON. Shorten the rule.`,
  })
  .refine((rule) => depthOf(rule) <= TARGETING_BOUNDS.depth, {
    error: `Is nested more than ${TARGETING_BOUNDS.depth} levels deep. Simplify the rule.`,
  })
  .meta({
    description:
      'Rule in JSONLogic with flagd’s operators. It answers with the name of a variant, or with null for the default.',
    example: { if: [{ ends_with: [{ var: 'targetingKey' }, '-beta'] }, 'on', null] },
  });

/** The flags of a plan's template, by key. */
export const flagDefinitions = z
  .record(
    flagKey,
    z.strictObject({
      description: z.string().min(1).max(200).optional(),
      variants: z.record(variantName, json),
      defaultVariant: variantName,
      targeting: targeting.optional(),
    }),
  )
  .refine((flags) => Object.keys(flags).length <= MOST_FLAGS, { error: `has more than ${MOST_FLAGS} flags` });

/** The variants that an order chooses, by key of the flag. */
export const chosenVariants = z
  .record(flagKey, variantName)
  .refine((chosen) => Object.keys(chosen).length <= MOST_FLAGS, {
    error: `Has more than ${MOST_FLAGS} flags. Leave some out.`,
  })
  .meta({
    description: 'Variants that the tenant gets in place of the plan’s, by key of the feature flag.',
    example: { 'new-editor': 'on' },
  });

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}
