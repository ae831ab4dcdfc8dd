import type { Leftover } from '../../contract/operations/messages';
import { transaction } from '../../registry/database';
import { evidenceAskedBy, recordEvidence } from '../../registry/evidence/evidence';
import { readRemovalFacts } from '../../registry/removal/facts';
import { recordOutcome } from '../../registry/operations/transitions';
import {
  listRemains,
  listUnproven,
  noteScheduled,
  noteUnanswered,
  reopenRemain,
  type Remain,
} from '../../registry/removal/remains';
import type { ResourceState } from '../../registry/ledger/ledger';
import { groupBy } from '../../registry/group-by';
import { failure, toFailure } from '../../providers/port/failures';
import type { Found } from '../../providers/port/kind';
import { requestSignal } from '../../providers/port/request-signal';
import type { Dependencies } from '../dependencies';
import { leftoverOf } from '../operations/leftovers';
import type { ProofActivities } from './interface-proof';
import { isGone, questionsOf, type Answer, type Questions } from './questions';
import { sideBySide } from './side-by-side';

/** States of what counts as removed. */
const GONE: readonly ResourceState[] = ['absent', 'scheduled_for_deletion'];

/** Questions that are asked at the same time: a tenant has some twenty things at half a dozen providers. */
const AT_A_TIME = 8;

/** Milliseconds for one listing. A longer one counts as unanswered: looking for the thing itself is what proves that it is gone. */
const LISTING_MS = 20_000;

/** Kinds that list nothing, so that only a look for the thing itself says something about it. */
const UNLISTED: readonly string[] = ['backups'];

interface ProofDependencies extends Pick<Dependencies, 'activity' | 'pool' | 'signal'> {
  effects: Pick<Dependencies['effects'], 'lookUp'>;
  kinds: Pick<Dependencies['kinds'], 'find'>;
}

/** Why a provider has not answered about a ledger row, by the row's id. */
type Problems = Map<string, string>;

/** The activities that ask every provider again after the removal of a tenant, and record that answers are missing. */
export function createProof(dependencies: ProofDependencies): Pick<ProofActivities, 'proveRemoval' | 'concludeProof'> {
  const { activity, effects, kinds, pool, signal } = dependencies;

  /** Looks for one thing that counts as removed. */
  async function lookUp({ ask }: Questions, row: Remain, problems: Problems): Promise<void> {
    const answer = await ask({ ...row, how: 'lookup' }, row.since, async () => {
      try {
        const found = await effects.lookUp(row);
        if (found.state === 'scheduled') await noteScheduled(pool, row.resourceId, found.facts ?? {});
        return answerOf(found);
      } catch (error) {
        problems.set(row.resourceId, (error as Error).message);
        throw error;
      }
    });
    if (!isGone(answer)) await reopenRemain(pool, row.resourceId, standing(row.provider, answer));
  }

  /** Looks for something that an operator has accepted. It need not answer: its provider may be the reason why it was accepted. */
  async function lookUpAccepted({ ask }: Questions, row: Remain): Promise<void> {
    await ask({ ...row, how: 'lookup' }, row.since, async () => {
      try {
        return answerOf(await effects.lookUp(row));
      } catch (error) {
        signal().throwIfAborted();
        if (toFailure(error, row.kind).type === 'RegistryUnavailable') throw error;
        return 'unanswered';
      }
    });
  }

  /** Looks for the tenant in the listing of a kind in a region, which also finds what has lost its name or its row's id. */
  async function list({ ask }: Questions, rows: Remain[], problems: Problems): Promise<void> {
    const { tenantId, provider, kind: name, region } = rows[0]!;
    const { kind, classify } = kinds.find(provider, name);
    const since = new Date(Math.max(...rows.map((row) => row.since.getTime())));
    const answer = await ask({ how: 'listing', kind: name, provider, region }, since, async () => {
      const within = requestSignal(signal(), LISTING_MS);
      try {
        for await (const listed of kind.list(region, within)) if (listed.tenantId === tenantId) return 'present';
        return 'absent';
      } catch (error) {
        if (within.aborted && !signal().aborted) return 'unanswered';
        const known = toFailure(error, `the list of ${name} in ${region}`, classify);
        for (const { resourceId } of rows) problems.set(resourceId, problems.get(resourceId) ?? known.message);
        throw known;
      }
    });
    if (answer !== 'present') return;
    for (const { resourceId } of rows) await reopenRemain(pool, resourceId, `Removed, but ${provider} still lists it.`);
  }

  return {
    async proveRemoval({ operationId, region }) {
      const removal = await readRemovalFacts(pool, operationId);
      if (!removal) throw failure('OperationNotFound', `There is no operation ${operationId} in the registry.`);
      const { tenantId } = removal;
      const rowsAsked = async (): Promise<Remain[]> =>
        (await listRemains(pool, tenantId)).filter((row) => region === undefined || row.region === region);
      const rows = await rowsAsked();
      const askedBy = activity();
      const about = { tenantId, operationId, askedBy };
      const questions = questionsOf(dependencies, about, await evidenceAskedBy(pool, tenantId, askedBy));
      const gone = rows.filter(({ state }) => GONE.includes(state));
      const accepted = rows.filter(({ state }) => state === 'accepted');
      const listed = gone.filter(
        (row) => !UNLISTED.includes(row.kind) && !accepted.some((other) => placeOf(other) === placeOf(row)),
      );
      const problems: Problems = new Map();
      try {
        await sideBySide(AT_A_TIME, [
          ...gone.map((row) => () => lookUp(questions, row, problems)),
          ...accepted.map((row) => () => lookUpAccepted(questions, row)),
          ...[...groupBy(listed, placeOf).values()].map((there) => () => list(questions, there, problems)),
        ]);
      } finally {
        await noteUnanswered(pool, gone, problems);
        await transaction(pool, (client) => recordEvidence(client, questions.answers));
      }
      const left = (await rowsAsked()).filter(({ state }) => !GONE.includes(state) && state !== 'accepted');
      return { left: left.length };
    },

    async concludeProof({ operationId, failure: missing }) {
      const removal = await readRemovalFacts(pool, operationId);
      if (!removal) throw failure('OperationNotFound', `There is no operation ${operationId} in the registry.`);
      const leftovers = missing ? (await listUnproven(pool, removal.tenantId)).map(unproven) : [];
      const waits = leftovers.length > 0 || missing?.type === 'VerificationFailed';
      const status = waits ? 'needs_operator' : 'removing';
      await recordOutcome(pool, { operationId, status, leftovers, ...(missing && { failure: missing }) });
      return { status, leftovers };
    },
  };
}

/** What one listing covers. */
function placeOf({ provider, kind, region }: Remain): string {
  return JSON.stringify([provider, kind, region]);
}

function answerOf({ state }: Found): Answer {
  return state === 'partial' ? 'present' : state;
}

function unproven(row: Remain): Leftover {
  const lastError = `Removed, but ${row.provider} has not said whether it is gone: ${row.lastError ?? 'no answer yet'}`;
  return leftoverOf({ ...row, lastError });
}

function standing(provider: string, answer: Answer): string {
  return answer === 'foreign'
    ? `Removed, but ${provider} has something of its name that does not carry our marks. Find out whose it is; accept it if it is not the tenant’s.`
    : `Removed, but ${provider} shows it again.`;
}
