/** Days between the announcement of a removal and the deletion, where neither the request nor the plan says. */
export const DEFAULT_GRACE_DAYS = 30;

/** What a plan says of the end of its tenants. */
export interface RemovalRule {
  graceDays?: number | undefined;
  export?: 'always' | 'asked' | undefined;
}

/** What a removal does unless its request says otherwise: days of grace, and whether everything is exported before. */
export function removalTerms(rule: RemovalRule | null = {}): { graceDays: number; export: boolean } {
  return { graceDays: rule?.graceDays ?? DEFAULT_GRACE_DAYS, export: rule?.export === 'always' };
}
