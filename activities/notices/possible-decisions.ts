import type { Leftover } from '../../contract/operations/messages';
import type { Json } from '../../contract/orders/order';
import { verbsIn, type OperationKind } from '../../contract/operations/kinds';
import { RESOLUTION_VERBS, type OperationStatus, type ResolutionVerb } from '../../contract/operations/states';
import type { Decision } from '../../providers/mail/operator-mail';
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

/**
 * The advice of the failure catalogue, without what is not possible now. The catalogue's text covers runs that are on hold, active and
 * ended, and verbs that a template may not allow.
 */
export function adviceFor(status: OperationStatus, advice: string, decisions: readonly Decision[]): string {
  const waits = status === 'on_hold' || status === 'needs_operator';
  const may = (verb: ResolutionVerb): boolean => decisions.some(({ body }) => body.verb === verb);
  const parts = /^On hold: (.+?)\. Active: (.+?)\. Else (.+)$/.exec(advice);
  if (parts) {
    const [, onHold, active, ended] = parts;
    if (status === 'active') return sentence(active!);
    if (!waits) return sentence(ended!);
    const options = onHold!
      .split(', or ')
      .filter((option) => (['amend', 'skip'] as const).every((verb) => !option.includes(`\`${verb}\``) || may(verb)));
    return sentence(options.length > 0 ? options.join(', or ') : 'have the payment method corrected, then `retry`');
  }
  return waits
    ? advice.replace('`retry` a run on hold, or have it requested again', '`retry`')
    : advice
        // The tenant exists, so there is nothing to request again.
        .replace(status === 'active' ? '; then `retry` a run on hold, or have it requested again' : '', '')
        .replace('`retry` a run on hold, or have it requested again', 'have it requested again')
        .replace(' and asks for `retry`', '; then have it requested again')
        .replace(', then `retry`; or `accept` them and put them right by hand', '');
}

function sentence(text: string): string {
  const trimmed = text.trim().replace(/\.$/, '');
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}.`;
}
