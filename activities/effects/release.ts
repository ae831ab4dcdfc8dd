import { resourceSubject } from '../../contract/ledger/labels';
import type { Step } from '../../contract/operations/steps';
import { failure, toFailure } from '../../providers/port/failures';
import type { Found, ResourceContext, ResourceKind } from '../../providers/port/kind';
import { forgetSecrets } from '../../registry/keys/secrets';
import {
  addFacts,
  closeStep,
  markAbsent,
  markScheduledForDeletion,
  recordResourceError,
  type LedgerRow,
} from '../../registry/ledger/ledger';
import { closeTenantStep } from '../../registry/ledger/tenant-release';
import { eachRow, lookAgain } from './each-row';
import { contextOf, leftSecrets, type EffectDependencies } from './resource-context';

/** A resource at a provider, as a listing reported it. */
export interface Orphan {
  provider: string;
  kind: string;
  region: string;
  cell: string;
  name: string;
  externalId: string;
  tenantId: string;
  operationId: string | null;
}

/** Builds `releaseStep`, `releaseTenantStep` and `releaseOrphan` of `Effects`, which says what they promise. */
export function createRelease(dependencies: EffectDependencies): {
  releaseStep(operationId: string, step: Step): Promise<void>;
  releaseTenantStep(of: { tenantId: string; step: Step }): Promise<void>;
  releaseOrphan(orphan: Orphan): Promise<'removed' | 'not-there'>;
} {
  const { pool } = dependencies;

  async function releaseStep(operationId: string, step: Step): Promise<void> {
    await eachRow(await closeStep(pool, operationId, step), release);
  }

  async function releaseTenantStep({ tenantId, step }: { tenantId: string; step: Step }): Promise<void> {
    await eachRow(await closeTenantStep(pool, tenantId, step), release);
  }

  async function release(row: LedgerRow): Promise<void> {
    const { kind, classify } = dependencies.kindOf(row.provider, row.kind);
    const context = {
      ...contextOf(dependencies, row, undefined),
      secrets: leftSecrets(dependencies, row.tenantId, row.kind),
    };
    const what = resourceSubject(row);
    let left: Found;
    try {
      const kept = await kind.keeps?.(context);
      if (kept) await addFacts(pool, row.resourceId, kept);
      left = await removeUntilAbsent(kind, context, what);
    } catch (error) {
      const known = toFailure(error, what, classify);
      await recordResourceError(pool, row.resourceId, known.message);
      throw known;
    }
    await forgetSecrets(pool, row.tenantId, row.kind);
    const inFlightMs =
      left.state === 'scheduled'
        ? await markScheduledForDeletion(pool, row.resourceId, left.facts ?? {})
        : await markAbsent(pool, row.resourceId);
    if (inFlightMs === 0) return;
    // A request that is unanswered or delivered twice may take effect after our removal, so check again until it no longer can.
    const again = lookAgain(`${what}: removed`, 'an earlier request may still create it', inFlightMs);
    await recordResourceError(pool, row.resourceId, again.message);
    throw again;
  }

  async function releaseOrphan(orphan: Orphan): Promise<'removed' | 'not-there'> {
    const { kind, classify } = dependencies.kindOf(orphan.provider, orphan.kind);
    const { tenantId, region, cell, name, externalId: id } = orphan;
    const operationId = orphan.operationId ?? '';
    const what = resourceSubject(orphan);
    const context: ResourceContext<undefined> = {
      tenantId,
      operationId,
      region,
      cell,
      name,
      id,
      spec: undefined,
      // Some kinds take an unmarked resource for ours if it is newer than this, and none is newer than now.
      intendedAt: new Date(),
      idempotencyKey: `${orphan.kind}:${id}`,
      secrets: leftSecrets(dependencies, tenantId, orphan.kind),
      signal: dependencies.signal(),
    };
    try {
      const { state } = await kind.find(context);
      if (state === 'absent' || state === 'scheduled' || state === 'foreign') return 'not-there';
      await removeUntilAbsent(kind, context, what);
      return 'removed';
    } catch (error) {
      throw toFailure(error, what, classify);
    }
  }

  async function removeUntilAbsent(
    kind: ResourceKind<unknown>,
    context: ResourceContext<undefined>,
    what: string,
  ): Promise<Found> {
    await kind.remove(context);
    const left = await kind.find(context);
    if (left.state === 'present' || left.state === 'partial')
      throw failure('OutcomeUnknown', `${what}: removed, but ${kind.provider} still shows it.`);
    return left;
  }

  return { releaseStep, releaseTenantStep, releaseOrphan };
}
