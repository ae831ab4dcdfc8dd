import { MemoryStorage } from '@openfeature/flagd-core';
import type { FlagDefinition, FlagDefinitions } from '../contract/flags/flags';

/** Something that is wrong with a flag. */
export interface FlagError {
  /** RFC 6901 pointer into the flag's definition. */
  pointer: string;
  message: string;
}

/** Receives the engine's messages, which quote rules and the caller's context and are therefore never kept. */
const SILENT = { error: ignore, warn: ignore, info: ignore, debug: ignore };

/**
 * flagd's engine with these flags. It interprets rules instead of compiling them, so that no rule becomes code of this process. Throws for
 * flags that flagd's schema refuses.
 */
export function flagEngine(flags: FlagDefinitions): MemoryStorage {
  const engine = new MemoryStorage(SILENT, { disableDynamicCodeGeneration: true });
  const entries = Object.entries(flags).map(([key, { variants, defaultVariant, targeting }]) => [
    key,
    { state: 'ENABLED', variants, defaultVariant, targeting },
  ]);
  engine.setConfigurations(JSON.stringify({ flags: Object.fromEntries(entries) as unknown }), true);
  return engine;
}

/** Everything that is wrong with a flag, checked against flagd's schema; empty if it can be evaluated. */
export function flagErrors(key: string, flag: FlagDefinition): FlagError[] {
  const types = new Set(Object.values(flag.variants).map(typeOf));
  if (types.size === 0) return [{ pointer: '/variants', message: 'has no variant' }];
  if (types.size > 1)
    return [{ pointer: '/variants', message: `mixes values of the types ${[...types].sort().join(', ')}` }];
  if (!['boolean', 'string', 'number', 'object'].includes([...types][0]!))
    return [{ pointer: '/variants', message: 'has values that are neither boolean, string, number nor object' }];
  if (!Object.hasOwn(flag.variants, flag.defaultVariant))
    return [{ pointer: '/defaultVariant', message: `is none of ${Object.keys(flag.variants).join(', ')}` }];
  try {
    flagEngine({ [key]: flag });
    return [];
  } catch {
    const message = 'is not a rule that flagd can evaluate: check its operators and their arguments';
    return [{ pointer: '/targeting', message }];
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function ignore(): void {
  // Nothing is kept.
}
