import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type pg from 'pg';
import { FAILURES, isFailureType } from '../contract/failures';
import type { KeyWrapper } from '../contract/key-wrapping';
import type { Step } from '../contract/steps';
import {
  closeStep,
  endInFlight,
  extendInFlight,
  intend,
  markAbsent,
  markInFlight,
  markPresent,
  markScheduledForDeletion,
  nextGeneration,
  recordResourceError,
  type LedgerRow,
} from '../registry/ledger';
import { forgetSecrets, obtainSecret, readSecret, storeSecret } from '../registry/secrets';
import { failure, toFailure, type Classify } from './failures';
import type { Created, Found, ResourceContext, ResourceKind, ResourceSecrets } from './kind';

/** Seconds in which an answered creation may still take effect: it may have sent several requests at once, and clients wait 10 s. */
const ANSWERED_SECONDS = 15;

/** Milliseconds between two looks for what may still take effect. */
const LOOK_AGAIN_MS = 15_000;

/** Milliseconds after which that is said anew of a creation that goes on: it may consist of several requests. */
const RENEWAL_MS = 4_000;

/** Milliseconds for which a cancelled creation still waits for its answer: with one, nobody has to look again for minutes. */
const CANCELLATION_GRACE_MS = 5_000;

/** A kind together with its adapter's knowledge of errors. */
export interface RegisteredKind<Spec = unknown> {
  kind: ResourceKind<Spec>;
  classify: Classify;
}

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

/** Something at a provider, as a listing told of it. */
export interface Stray {
  provider: string;
  kind: string;
  region: string;
  cell: string;
  name: string;
  externalId: string;
  tenantId: string;
  operationId: string | null;
}

/** What {@link Effects} needs. `signal` gives the running activity's abort signal. */
export interface EffectDependencies {
  pool: pg.Pool;
  keys: KeyWrapper;
  /** The kind a ledger row was made by. Throws when no adapter has it. */
  kindOf(provider: string, kind: string): RegisteredKind;
  signal(): AbortSignal;
  /**
   * Seconds in which a request without an answer may still take effect at its provider. We have closed its connection by then, but a proxy
   * or the provider's own queue may hold its bytes.
   */
  lateRequestSeconds: number;
}

/** The one way anything is made or removed at a provider. */
export interface Effects {
  /**
   * Makes sure the resource exists: ledger row first, then find, create if needed, then `present`. Throws `ResourceNotOurs` for someone
   * else's of the same name and `CompensationBegun` when the run has turned round – after removing what it had just made.
   */
  ensure<Spec>(registered: RegisteredKind<Spec>, target: Target, spec: Spec): Promise<Created>;
  /**
   * Compensates a step: fences its ledger rows and releases them, newest first. A row that fails does not keep the others, except that a
   * provider that asked to wait is asked for nothing more; the first failure is thrown at the end, to be retried.
   */
  releaseStep(operationId: string, step: Step): Promise<void>;
  /**
   * Removes something that no ledger row stands for – the caller has looked – and only where it is ours. Resolves once the provider says
   * it is gone; `not-there` for what is absent already or somebody else's.
   */
  releaseStray(stray: Stray): Promise<'removed' | 'not-there'>;
  /** Secrets of one tenant's resource, as kinds see them. */
  secrets(tenantId: string, kind: string): ResourceSecrets;
}

/** Builds the mechanism on the registry's ledger. */
export function createEffects(dependencies: EffectDependencies): Effects {
  const { pool, keys, lateRequestSeconds } = dependencies;

  const secrets = (tenantId: string, kind: string): ResourceSecrets => ({
    obtain: (name, make) => obtainSecret(pool, keys, { tenantId, kind, name }, make),
    store: (name, value) => storeSecret(pool, keys, { tenantId, kind, name }, value),
    read: (name) => readSecret(pool, keys, { tenantId, kind, name }),
  });

  const contextOf = <Spec>(row: LedgerRow, spec: Spec): ResourceContext<Spec> => ({
    tenantId: row.tenantId,
    operationId: row.operationId,
    region: row.region,
    cell: row.cell,
    name: row.name,
    spec,
    id: row.externalId ?? undefined,
    intendedAt: row.intendedAt,
    idempotencyKey: `${row.operationId}:${row.kind}:${row.generation}`,
    secrets: secrets(row.tenantId, row.kind),
    signal: dependencies.signal(),
  });

  async function ensure<Spec>({ kind, classify }: RegisteredKind<Spec>, target: Target, spec: Spec): Promise<Created> {
    const what = `${kind.kind} of tenant ${target.tenantId}`;
    const row = await intend(pool, {
      ...target,
      cell: target.cell ?? '',
      kind: kind.kind,
      provider: kind.provider,
      name: kind.name(target.tenantId),
    });
    if (row?.state === 'present') return { id: row.externalId!, facts: row.facts };
    if (row?.state !== 'intended') throw turnedRound(what);

    const context = contextOf(row, spec);
    let made: Created;
    try {
      made = await findOrCreate({ kind, classify }, context, row, what);
    } catch (error) {
      const known = toFailure(error, what, classify);
      // The row is compensation's by then.
      if (known.type !== 'CompensationBegun') await recordResourceError(pool, row.resourceId, known.message);
      throw known;
    }
    if (await markPresent(pool, row.resourceId, made.id, made.facts ?? {}, row.inFlightUntil)) return made;
    // The fence: compensation closed the row while we were making it, and may have looked before it existed.
    await kind.remove({ ...context, id: made.id });
    await endInFlight(pool, row.resourceId, row.inFlightUntil);
    throw failure('CompensationBegun', `${what}: removed again, its run is being compensated.`);
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
    if (!(await markInFlight(pool, row.resourceId, lateRequestSeconds))) throw turnedRound(what);
    return create(registered, context, row, what);
  }

  /** Whatever becomes of it and of us, the ledger says until when it may take effect. */
  async function create<Spec>(
    { kind, classify }: RegisteredKind<Spec>,
    context: ResourceContext<Spec>,
    { resourceId, inFlightUntil }: LedgerRow,
    what: string,
  ): Promise<Created> {
    const stillInFlight = (): Promise<void> => extendInFlight(pool, resourceId, lateRequestSeconds);
    // Where the registry is away, compensation is away, too.
    const renewal = setInterval(() => void stillInFlight().catch(() => undefined), RENEWAL_MS);
    try {
      return await kind.create({ ...context, signal: delayed(context.signal, CANCELLATION_GRACE_MS) });
    } catch (error) {
      if (error instanceof CancelledFailure) await stillInFlight();
      const known = toFailure(error, what, classify);
      // A definite no, which an idempotent API would only repeat under the same key.
      if (known.nonRetryable) await nextGeneration(pool, resourceId, inFlightUntil);
      else if (isUnknown(known)) await stillInFlight();
      else await endInFlight(pool, resourceId, inFlightUntil, ANSWERED_SECONDS);
      throw known;
    } finally {
      clearInterval(renewal);
    }
  }

  async function releaseStep(operationId: string, step: Step): Promise<void> {
    let first: Error | undefined;
    const waitedFor = new Set<string>();
    for (const row of await closeStep(pool, operationId, step)) {
      if (waitedFor.has(row.provider)) continue;
      try {
        await release(row);
      } catch (error) {
        if (error instanceof CancelledFailure) throw error;
        first ??= error as Error;
        if (hasAskedToWait(error)) waitedFor.add(row.provider);
      }
    }
    if (first) throw first;
  }

  async function release(row: LedgerRow): Promise<void> {
    const { kind, classify } = dependencies.kindOf(row.provider, row.kind);
    const context = contextOf(row, undefined);
    const what = `${row.kind} of tenant ${row.tenantId}`;
    let left: Found;
    try {
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
    // Somebody is still asking for it, or was not answered: it may land after our removal, so look again until it no longer can.
    const again = lookAgain(what, Math.min(inFlightMs, LOOK_AGAIN_MS));
    await recordResourceError(pool, row.resourceId, again.message);
    throw again;
  }

  async function releaseStray(stray: Stray): Promise<'removed' | 'not-there'> {
    const { kind, classify } = dependencies.kindOf(stray.provider, stray.kind);
    const { tenantId, region, cell, name, externalId: id } = stray;
    const operationId = stray.operationId ?? '';
    const what = `${stray.kind} of tenant ${tenantId}`;
    const context: ResourceContext<undefined> = {
      ...{ tenantId, operationId, region, cell, name, id },
      spec: undefined,
      // Nothing without a mark passes for ours on account of its age.
      intendedAt: new Date(),
      idempotencyKey: `${stray.kind}:${id}`,
      secrets: secrets(tenantId, stray.kind),
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

  return { ensure, releaseStep, releaseStray, secrets };
}

function turnedRound(what: string): ApplicationFailure {
  return failure('CompensationBegun', `${what}: not made, its run is being compensated.`);
}

/** Not a failure of anything: the next attempt looks again, and no worker waits for it. */
function lookAgain(what: string, afterMs: number): ApplicationFailure {
  const seconds = Math.ceil(afterMs / 1000);
  const message = `${what}: removed; looked for again in ${seconds} s, because an earlier request may still make it.`;
  return failure('OutcomeUnknown', message, { retryAfterMs: afterMs });
}

/** Whether nobody knows what the creation has done. */
function isUnknown({ type }: ApplicationFailure): boolean {
  return !isFailureType(type) || FAILURES[type].class === 'unknown';
}

/** A signal that aborts like this one, `ms` later. */
function delayed(signal: AbortSignal, ms: number): AbortSignal {
  const later = new AbortController();
  const abort = (): void => void setTimeout(() => later.abort(signal.reason), ms).unref();
  if (signal.aborted) later.abort(signal.reason);
  else signal.addEventListener('abort', abort, { once: true });
  return later.signal;
}

/** Whether the provider is throttling us, or named a time to come back. */
function hasAskedToWait(error: unknown): boolean {
  if (!(error instanceof ApplicationFailure)) return false;
  return (
    error.type === 'ProviderThrottled' ||
    (error.type === 'ProviderUnavailable' && typeof error.nextRetryDelay === 'number')
  );
}
