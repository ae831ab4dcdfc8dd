import type { Difference } from '../../contract/operations/reconcile';
import type { Access } from '../../contract/tenants/access';
import { toFailure } from '../../providers/port/failures';
import { isMixedAccess } from '../../providers/port/mixed-access';
import type { LedgerRow } from '../../registry/ledger/ledger';
import type { createConverge } from './converge';
import type { createLookUp } from './look-up';
import { contextOf, type EffectDependencies } from './resource-context';

type Parts = Pick<ReturnType<typeof createConverge>, 'convergeRow' | 'tryAccess'> & {
  lookUp: ReturnType<typeof createLookUp>;
};

/** Builds `compare` and `mend` of `Effects`, which says what they promise. */
export function createDrift(
  dependencies: EffectDependencies,
  { convergeRow, lookUp, tryAccess }: Parts,
): {
  compare(row: LedgerRow): Promise<Difference[]>;
  mend(operationId: string, row: LedgerRow, differences: readonly Difference[]): Promise<void>;
} {
  async function compare(row: LedgerRow): Promise<Difference[]> {
    const { kind, classify } = dependencies.kindOf(row.provider, row.kind);
    const spec = kind.specOf?.(row.settings);
    const { state } = await lookUp(row, spec);
    if (state !== 'present' && state !== 'partial') return [{ what: 'existence', was: 'present', is: state }];
    // It is being made again, so the ledger does not know it yet.
    if (row.state === 'intended') return [];
    const differences: Difference[] = [];
    // Without a specification, whether it is complete cannot be said.
    if (spec !== undefined && state === 'partial')
      differences.push({ what: 'configuration', was: 'as configured', is: 'changed' });
    try {
      differences.push(...((await kind.differences?.(contextOf(dependencies, row, undefined), row.facts)) ?? []));
    } catch (error) {
      throw toFailure(error, `${row.kind} of tenant ${row.tenantId}`, classify);
    }
    if (kind.access) {
      const { access } = row.settings;
      const is = await accessOtherThan(row, access);
      if (is !== undefined) differences.push({ what: 'access', was: access, is });
    }
    return differences;
  }

  /** The access that the tenant has instead of the one that is wanted; undefined if it has that. */
  async function accessOtherThan(row: LedgerRow, wanted: Access): Promise<string | undefined> {
    try {
      const { passed, answered } = await tryAccess(row, wanted);
      return passed ? undefined : answered;
    } catch (error) {
      if (isMixedAccess(error)) return 'mixed';
      throw error;
    }
  }

  async function mend(operationId: string, row: LedgerRow, differences: readonly Difference[]): Promise<void> {
    const { kind, classify } = dependencies.kindOf(row.provider, row.kind);
    if (kind.specOf) return convergeRow(operationId, row, row.settings);
    const others = differences.filter(({ what }) => what !== 'existence' && what !== 'access');
    if (others.length > 0) {
      try {
        await kind.mend!(contextOf(dependencies, row, undefined), row.facts);
      } catch (error) {
        throw toFailure(error, `${row.kind} of tenant ${row.tenantId}`, classify);
      }
    }
    if (row.state === 'changing' || differences.some(({ what }) => what === 'access'))
      await convergeRow(operationId, row, row.settings);
  }

  return { compare, mend };
}
