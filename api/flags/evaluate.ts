import type { MemoryStorage } from '@openfeature/flagd-core';
import type { Evaluation } from '../../contract/schemas/flags/ofrep-schema';

/** What a caller tells about whom flags are evaluated for. */
export type FlagContext = Record<string, unknown>;

type Failure = Extract<Evaluation, { errorCode: unknown }>;

/** A flag's value for a context, or why it has none. Never throws, whatever the context holds. */
export function evaluateFlag(engine: MemoryStorage, key: string, context: FlagContext): Evaluation {
  const flag = engine.getFlag(key);
  if (!flag) return { key, errorCode: 'FLAG_NOT_FOUND', errorDetails: 'The tenant has no flag of this key.' };
  try {
    const found = flag.evaluate(context as Parameters<typeof flag.evaluate>[0]);
    if (found.value === undefined || found.variant === undefined) return withoutVariant(key);
    const { value, variant, reason, flagMetadata: metadata } = found;
    return { key, value, variant, reason, metadata };
  } catch {
    // A rule that answers with an object of the context makes the engine throw.
    return withoutVariant(key);
  }
}

/** Every flag's value for a context, by key. */
export function evaluateFlags(engine: MemoryStorage, context: FlagContext): Evaluation[] {
  return [...engine.getFlags().keys()].sort().map((key) => evaluateFlag(engine, key, context));
}

/** The engine's own message quotes the context, which may hold personal data. */
function withoutVariant(key: string): Failure {
  const errorDetails = 'The targeting rule gave no variant that the flag has for this context. Correct the rule.';
  return { key, errorCode: 'GENERAL', errorDetails };
}
