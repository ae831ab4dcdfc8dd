import type { Json } from '../orders/order';

/** A feature flag of a plan, in the terms of flagd (https://flagd.dev/reference/flag-definitions/). */
export interface FlagDefinition {
  description?: string | undefined;
  /** Every value that the flag can have, by name; all of one type. */
  variants: Record<string, Json>;
  /** Name of the variant that applies unless `targeting` chooses another one. */
  defaultVariant: string;
  /** JSONLogic that answers with the name of a variant, or with null for the default. */
  targeting?: Record<string, Json> | undefined;
}

/** Flags by key. */
export type FlagDefinitions = Record<string, FlagDefinition>;

/** What a tenant has in place of its plan's `defaultVariant` and `targeting`. The variants are always the plan's. */
export interface FlagSetting {
  variant: string;
  /** Without it, every evaluation gives the variant. */
  targeting?: Record<string, Json> | undefined;
}

/** Maximum number of flags of a plan. */
export const MOST_FLAGS = 200;

/**
 * A flag with a setting applied. A setting whose variant the flag does not have changes nothing: the plan may have lost the variant since.
 */
export function withSetting(flag: FlagDefinition, setting: FlagSetting | null | undefined): FlagDefinition {
  if (!setting || !Object.hasOwn(flag.variants, setting.variant)) return flag;
  return { ...flag, defaultVariant: setting.variant, targeting: setting.targeting };
}

/** The flags of a plan, with the variants that an order has chosen for its tenant. */
export function orderedFlags(flags: FlagDefinitions, chosen: Readonly<Record<string, string>> = {}): FlagDefinitions {
  const settingOf = (key: string): FlagSetting | undefined =>
    Object.hasOwn(chosen, key) ? { variant: chosen[key]! } : undefined;
  return Object.fromEntries(Object.entries(flags).map(([key, flag]) => [key, withSetting(flag, settingOf(key))]));
}
