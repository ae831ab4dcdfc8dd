import type { z } from 'zod';

/** One variable of the environment. */
export interface Variable<T extends z.ZodType = z.ZodType> {
  schema: T;
  what: string;
  example: string;
  /** Another optional variable that must be set together with this one: both or neither. */
  pairedWith?: string | undefined;
}

/** Describes a variable. */
export function variable<T extends z.ZodType>(
  schema: T,
  what: string,
  example: string,
  pairedWith?: string,
): Variable<T> {
  return { schema, what, example, pairedWith };
}

/** Variables by name. */
export type Variables = Record<string, Variable>;
