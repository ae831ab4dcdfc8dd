import { CancelledFailure, type ApplicationFailure } from '@temporalio/common';
import { resourceSubject } from '../../contract/ledger/labels';
import type { Access, Settings } from '../../contract/tenants/access';
import type { Step } from '../../contract/operations/steps';
import { failure, toFailure } from '../../providers/port/failures';
import {
  announceChange,
  beginRevert,
  earlierChangeMs,
  endChange,
  extendChange,
  listStanding,
  markChanged,
  markReverted,
} from '../../registry/ledger/changes';
import { TenantKeyDestroyed } from '../../registry/keys/tenant-keys';
import { recordResourceError, type LedgerRow } from '../../registry/ledger/ledger';
import { eachRow, lookAgain, notYet } from './each-row';
import { ANSWERED_SECONDS, isUnknown, RENEWAL_MS } from './ensure';
import { contextOf, type EffectDependencies } from './resource-context';

/** Whose resources are changed, by which operation and step. */
export interface Change {
  operationId: string;
  tenantId: string;
  step: Step;
  /** The only kind that is changed; all of the step if absent. */
  kind?: string;
}

/** Builds `convergeStep`, `revertStep` and `tryAccess` of `Effects`, which says what they promise, and the change of a single row. */
export function createConverge(dependencies: EffectDependencies): {
  convergeStep(change: Change, settings: Partial<Settings>): Promise<void>;
  convergeRow(operationId: string, row: LedgerRow, settings: Partial<Settings>): Promise<void>;
  revertStep(operationId: string, step: Step): Promise<void>;
  tryAccess(row: LedgerRow, wanted: Access): Promise<{ passed: boolean; answered: Access }>;
} {
  const { pool, lateRequestSeconds, repeatedRequestSeconds } = dependencies;

  async function convergeStep({ operationId, ...of }: Change, settings: Partial<Settings>): Promise<void> {
    await eachRow(await changeable(of), (row) => converge(operationId, row, settings));
  }

  async function changeable({ tenantId, step, kind }: Omit<Change, 'operationId'>): Promise<LedgerRow[]> {
    const rows = await listStanding(pool, tenantId, step);
    return rows
      .filter((row) => kind === undefined || row.kind === kind)
      .filter((row) => dependencies.kindOf(row.provider, row.kind).kind.update !== undefined);
  }

  async function converge(
    operationId: string,
    { resourceId, ...before }: LedgerRow,
    settings: Partial<Settings>,
  ): Promise<void> {
    const what = resourceSubject(before);
    // A request of an earlier operation that arrived after ours would undo it unseen.
    const earlierMs = await earlierChangeMs(pool, resourceId, operationId);
    if (earlierMs > 0) throw notYet(what, earlierMs);
    const row = await announceChange(pool, resourceId, { operationId, settings, seconds: lateRequestSeconds });
    if (!row) throw failure('CompensationBegun', `${what}: not changed, because its run is being compensated.`);
    // A renewal may be lost while the registry is down: an undo cannot proceed without the registry either.
    const renewal = setInterval(
      () => void extendChange(pool, resourceId, lateRequestSeconds).catch(() => undefined),
      RENEWAL_MS,
    );
    try {
      await update(row, row.settings);
    } catch (error) {
      const isOpen = error instanceof CancelledFailure || isUnknown(error as ApplicationFailure);
      if (isOpen) await extendChange(pool, resourceId, lateRequestSeconds);
      // A definite refusal has no effect; any other answer may leave parts of the change under way.
      else {
        const seconds = (error as ApplicationFailure).nonRetryable === true ? null : ANSWERED_SECONDS;
        await endChange(pool, resourceId, before.changeInFlightUntil, seconds);
      }
      throw error;
    } finally {
      clearInterval(renewal);
    }
    const again = dependencies.kindOf(row.provider, row.kind).kind.actsOnce ? null : repeatedRequestSeconds;
    if (!(await markChanged(pool, resourceId, operationId, before.changeInFlightUntil, again)))
      throw failure('CompensationBegun', `${what}: changed back, because its run is being compensated.`);
  }

  async function revertStep(operationId: string, step: Step): Promise<void> {
    await eachRow(await beginRevert(pool, operationId, step), async (row) => {
      await update(row, row.settingsBefore!);
      const inFlightMs = await markReverted(pool, row.resourceId, operationId);
      if (inFlightMs === 0) return;
      const done = `${resourceSubject(row)}: changed back`;
      const again = lookAgain(done, 'an earlier request may still change it', inFlightMs);
      await recordResourceError(pool, row.resourceId, again.message);
      throw again;
    });
  }

  async function update(row: LedgerRow, settings: Settings): Promise<void> {
    const { kind, classify } = dependencies.kindOf(row.provider, row.kind);
    try {
      await kind.update!(contextOf(dependencies, row, undefined), settings);
    } catch (error) {
      const known = toFailure(error, resourceSubject(row), classify);
      await recordResourceError(pool, row.resourceId, known.message);
      throw known;
    }
  }

  async function tryAccess(row: LedgerRow, wanted: Access): Promise<{ passed: boolean; answered: Access }> {
    const { kind, classify } = dependencies.kindOf(row.provider, row.kind);
    const expected = wanted === 'read-only' ? (kind.readOnlyMeans ?? wanted) : wanted;
    try {
      const answered = await kind.access!(contextOf(dependencies, row, undefined));
      return { passed: answered === expected, answered };
    } catch (error) {
      if (error instanceof TenantKeyDestroyed) throw error;
      throw toFailure(error, `Access to: ${resourceSubject(row)}`, classify);
    }
  }

  return { convergeStep, convergeRow: converge, revertStep, tryAccess };
}
