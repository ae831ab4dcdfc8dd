import type { Plan } from '../../plan/calls/call';

/** A tenant that is looked at from outside again and again, and what the harness has put there as its people would. */
export interface Watched {
  tenantId: string;
  plan: Plan;
  /** A member of its organization with a password of their own. */
  member: { username: string; password: string };
}

/** Key of an object that the tenant has stored. */
export const KEPT_OBJECT = 'kept.txt';

/** Key of an object that the checker writes to try whether it can. */
export const PROBE_OBJECT = 'a-probe-of-the-checker';

/**
 * What can be told of a tenant, as name and value. Facts that a change of its access may change begin with `access`, and those that are others
 * once something was made again begin with `made`.
 */
export type Facts = Record<string, string>;

/** A fact's value as text. */
export function told(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}
