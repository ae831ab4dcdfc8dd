/** The invariants, as they are reported. */
export const INVARIANTS = {
  I1: 'Every accepted operation ends in exactly one outcome',
  I2: 'Of orders that are one, one wins',
  I3: 'Active means complete',
  I4: 'Undone means nothing is left',
  I5: 'Nothing exists that no ledger row announced before',
  I6: 'Every effect happens once, and money moves only for active tenants',
  I7: 'Compensation runs in reverse order, and never after the pivot',
  I8: 'An undo that fails keeps no other one back, and the leftovers are the real ones',
  I9: 'The audit trail is unbroken and has every transition',
  I10: 'Every history replays on this build',
  I11: 'Secrets are nowhere they do not belong',
  I12: 'No tenant’s credential reaches another tenant',
  I13: 'After the last fault everything goes on by itself',
  I14: 'The run proves something: every kind of fault that was planned happened, and the control failed',
  I15: 'Suspended means unreachable',
  I16: 'Resumed, mended or changed back means as before, and a new sign-in is the one that was asked for',
  I17: 'A certificate is true',
  I18: 'Nothing of a removed tenant is anywhere but what its certificate names',
  I19: 'An export is whole, and there is one; none is left of a removal that was called off',
} as const;

/** One of {@link INVARIANTS}. */
export type InvariantId = keyof typeof INVARIANTS;

/** A violated invariant, with the ids to look at. */
export interface Violation {
  tenantId?: string;
  operationId?: string;
  scenario?: string;
  what: string;
}

/** Number of checked items, and the violations. */
export interface Verdict {
  checked: number;
  violations: Violation[];
}

/** Checks each item; `look` returns a violation as text, or nothing. */
export function examine<T>(
  items: readonly T[],
  look: (item: T) => string | undefined | false,
  ids: (item: T) => Omit<Violation, 'what'> = () => ({}),
): Verdict {
  const violations = items.flatMap((item) => {
    const what = look(item);
    return what === undefined || what === false ? [] : [{ ...ids(item), what }];
  });
  return { checked: items.length, violations };
}

/** Combines several verdicts. */
export function together(...verdicts: Verdict[]): Verdict {
  return {
    checked: verdicts.reduce((sum, { checked }) => sum + checked, 0),
    violations: verdicts.flatMap(({ violations }) => violations),
  };
}
