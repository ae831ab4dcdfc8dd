import type { Leftover } from '../../contract/operations/messages';
import type { Json } from '../../contract/orders/order';
import { verbsIn, type OperationKind } from '../../contract/operations/kinds';
import { RESOLUTION_VERBS, type OperationStatus, type ResolutionVerb } from '../../contract/operations/states';
import type { Decision } from '../../providers/mail/contents/operator-mail';
import { wordsFor } from '../../providers/mail/operator-words';

/** The situation in which an operator is to decide. */
export interface Situation {
  kind: OperationKind;
  status: OperationStatus;
  /** Whether the run has passed its pivot, from where it only goes forward. */
  pastPivot: boolean;
  /** JSON pointer to the field of the order that would have to be corrected, if that would help. */
  pointer?: string | undefined;
  /** Whether the template allows all the failed steps to be skipped. */
  skippable: boolean;
  leftovers: Leftover[];
}

/** Placeholder for the reader's own value in an example. No field that a failure points to accepts it as it is. */
const CORRECTED = '<CORRECTED>';
const REASON = 'why';

const DECISIONS: Record<ResolutionVerb, (situation: Situation) => Decision | undefined> = {
  retry: ({ kind, status, pastPivot }) => ({
    aim:
      status === 'on_hold' ? 'To retry what failed, once its cause is gone' : wordsFor(kind, pastPivot).retryLeftovers,
    body: { verb: 'retry' },
  }),
  amend: ({ pointer }) =>
    pointer === undefined
      ? undefined
      : {
          aim: `To correct the order and try again, with the right value in place of ${CORRECTED}`,
          body: { verb: 'amend', patch: patchAt(pointer), reason: REASON },
        },
  skip: ({ skippable }) =>
    skippable
      ? {
          aim: 'To skip what failed and continue; the reason is kept with the tenant',
          body: { verb: 'skip', reason: REASON },
        }
      : undefined,
  compensate: ({ kind, pastPivot }) => ({
    aim: wordsFor(kind, pastPivot).giveUp,
    body: { verb: 'compensate', reason: REASON },
  }),
  accept: ({ kind, pastPivot, leftovers }) => ({
    aim: wordsFor(kind, pastPivot).accept,
    body: { verb: 'accept', leftovers: leftovers.map(({ kind, id }) => ({ kind, id })), reason: REASON },
  }),
};

/** Every decision that is possible now, ready to be sent. Empty when the run is not waiting for an operator. */
export function decisionsOf(situation: Situation): Decision[] {
  const verbs = verbsIn(situation.kind, situation.status);
  return RESOLUTION_VERBS.filter((verb) => verbs.includes(verb)).flatMap((verb) => DECISIONS[verb](situation) ?? []);
}

/** A JSON merge patch for the field at the pointer. Such patches replace whole lists, so its path ends before an index. */
function patchAt(pointer: string): Json {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const index = keys.findIndex((key) => /^\d+$/.test(key));
  const path = index === -1 ? keys : keys.slice(0, index);
  return path.reduceRight<Json>((inner, key) => ({ [key]: inner }), index === -1 ? CORRECTED : [CORRECTED]);
}
