import { resourceSubject } from '../../contract/ledger/labels';
import { toFailure } from '../../providers/port/failures';
import type { Found } from '../../providers/port/kind';
import type { LedgerRow } from '../../registry/ledger/ledger';
import { contextOf, leftSecrets, type EffectDependencies } from './resource-context';

/** Builds `lookUp` of `Effects`, which says what it promises. */
export function createLookUp(dependencies: EffectDependencies): (row: LedgerRow, spec?: unknown) => Promise<Found> {
  return async (row, spec) => {
    const { kind, classify } = dependencies.kindOf(row.provider, row.kind);
    const secrets = leftSecrets(dependencies, row.tenantId, row.kind);
    try {
      return await kind.find({ ...contextOf(dependencies, row, spec), secrets });
    } catch (error) {
      throw toFailure(error, resourceSubject(row), classify);
    }
  };
}
