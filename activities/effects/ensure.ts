import { CancelledFailure, type ApplicationFailure } from '@temporalio/common';
import { resourceSubject } from '../../contract/ledger/labels';
import { FAILURES, isFailureType } from '../../contract/operations/failures';
import type { Step } from '../../contract/operations/steps';
import { failure, toFailure } from '../../providers/port/failures';
import type { Created, ResourceContext } from '../../providers/port/kind';
import {
  endInFlight,
  extendInFlight,
  intend,
  markInFlight,
  markPresent,
  nextGeneration,
  recordResourceError,
  type LedgerRow,
} from '../../registry/ledger/ledger';
import { contextOf, type EffectDependencies, type RegisteredKind } from './resource-context';

/** Seconds for which an answered creation or change may still take effect: it may have sent several requests at once, and clients wait 10 s. */
export const ANSWERED_SECONDS = 15;

/** How often, in milliseconds, a creation or change in progress renews its in-flight window: it may consist of several requests. */
export const RENEWAL_MS = 4_000;

/**
 * Milliseconds for which a cancelled creation still waits for its answer, which saves compensation minutes of checking for a late effect.
 */
const CANCELLATION_GRACE_MS = 5_000;

/** Where a resource is to be made. */
export interface Target {
  operationId: string;
  tenantId: string;
  step: Step;
  /** `global` for providers without regions. */
  region: string;
  /** The reserved cell, for kinds that have cells. */
  cell?: string;
}

/** Builds `ensure` of `Effects`, which says what it promises. */
export function createEnsure(
  dependencies: EffectDependencies,
): <Spec>(registered: RegisteredKind<Spec>, target: Target, spec: Spec) => Promise<Created> {
  const { pool, lateRequestSeconds, repeatedRequestSeconds } = dependencies;

  async function ensure<Spec>({ kind, classify }: RegisteredKind<Spec>, target: Target, spec: Spec): Promise<Created> {
    const what = resourceSubject({ ...target, kind: kind.kind, provider: kind.provider });
    const row = await intend(pool, {
      ...target,
      cell: target.cell ?? '',
      kind: kind.kind,
      provider: kind.provider,
      name: kind.name(target.tenantId),
    });
    if (row?.state === 'present') return { id: row.externalId!, facts: row.facts };
    if (row?.state !== 'intended') throw compensationStarted(what);

    const context = contextOf(dependencies, row, spec);
    let made: Created;
    try {
      made = await findOrCreate({ kind, classify }, context, row, what);
    } catch (error) {
      const known = toFailure(error, what, classify);
      // Once compensation has begun, only compensation records errors in the row.
      if (known.type !== 'CompensationBegun') await recordResourceError(pool, row.resourceId, known.message);
      throw known;
    }
    const again = kind.actsOnce ? null : repeatedRequestSeconds;
    if (await markPresent(pool, row.resourceId, made.id, made.facts ?? {}, row.inFlightUntil, again)) return made;
    // The fence: compensation closed the row meanwhile, and may have looked for the resource before it existed.
    await kind.remove({ ...context, id: made.id });
    await endInFlight(pool, row.resourceId, row.inFlightUntil, again);
    throw failure('CompensationBegun', `${what}: removed again, because its run is being compensated.`);
  }

  async function findOrCreate<Spec>(
    registered: RegisteredKind<Spec>,
    context: ResourceContext<Spec>,
    row: LedgerRow,
    what: string,
  ): Promise<Created> {
    const { kind } = registered;
    const found = await kind.find(context);
    if (found.state === 'present') return found;
    if (found.state === 'foreign')
      throw failure(
        'ResourceNotOurs',
        `${what}: ${kind.provider} has a ${kind.kind} named ${context.name} that is not ours. It was left alone; find out whose it is.`,
      );
    if (!(await markInFlight(pool, row.resourceId, lateRequestSeconds))) throw compensationStarted(what);
    return create(registered, context, row, what);
  }

  /** Creates the resource. Whatever happens to the request or to this worker, the ledger says until when it may take effect. */
  async function create<Spec>(
    { kind, classify }: RegisteredKind<Spec>,
    context: ResourceContext<Spec>,
    { resourceId, inFlightUntil }: LedgerRow,
    what: string,
  ): Promise<Created> {
    const stillInFlight = (): Promise<void> => extendInFlight(pool, resourceId, lateRequestSeconds);
    // A renewal may be lost while the registry is down: compensation cannot proceed without the registry either.
    const renewal = setInterval(() => void stillInFlight().catch(() => undefined), RENEWAL_MS);
    try {
      return await kind.create({ ...context, signal: delayed(context.signal, CANCELLATION_GRACE_MS) });
    } catch (error) {
      if (error instanceof CancelledFailure) await stillInFlight();
      const known = toFailure(error, what, classify);
      // A definite refusal: under the same key, an idempotent API would only repeat it.
      if (known.nonRetryable) await nextGeneration(pool, resourceId, inFlightUntil);
      else if (isUnknown(known)) await stillInFlight();
      else await endInFlight(pool, resourceId, inFlightUntil, ANSWERED_SECONDS);
      throw known;
    } finally {
      clearInterval(renewal);
    }
  }

  return ensure;
}

function compensationStarted(what: string): ApplicationFailure {
  return failure('CompensationBegun', `${what}: not made, because its run is being compensated.`);
}

/** Whether the outcome of the request that failed so is unknown. */
export function isUnknown({ type }: ApplicationFailure): boolean {
  return !isFailureType(type) || FAILURES[type].class === 'unknown';
}

/** A signal that aborts `ms` after this one, for the same reason. */
function delayed(signal: AbortSignal, ms: number): AbortSignal {
  const later = new AbortController();
  const abort = (): void => void setTimeout(() => later.abort(signal.reason), ms).unref();
  if (signal.aborted) later.abort(signal.reason);
  else signal.addEventListener('abort', abort);
  return later.signal;
}
