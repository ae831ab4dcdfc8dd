import type { Leftover } from '../contract/messages';
import type { Json } from '../contract/order';
import { RESOLUTION_VERBS, STATE_TABLE, type OperationStatus, type ResolutionVerb } from '../contract/states';
import type { Decision } from './adapters/mail/operator-mail';

/** What an operator is to decide about. */
export interface Situation {
  status: OperationStatus;
  /** Into the order, where correcting it would help. */
  pointer?: string | undefined;
  /** The template lets all failed steps be left out. */
  skippable: boolean;
  leftovers: Leftover[];
}

/** Stands in an example where the reader's own value belongs. No field that a failure points to accepts it. */
const CORRECTED = '<CORRECTED>';
const REASON = 'why';

const DECISIONS: Record<ResolutionVerb, (situation: Situation) => Decision | undefined> = {
  retry: ({ status }) => ({
    aim:
      status === 'on_hold'
        ? 'To try what failed again, once its cause is gone'
        : 'To have the undo tried again, once its cause is gone',
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
          aim: 'To leave out what failed and go on; the reason stays with the tenant',
          body: { verb: 'skip', reason: REASON },
        }
      : undefined,
  compensate: () => ({ aim: 'To give up and undo everything', body: { verb: 'compensate', reason: REASON } }),
  accept: ({ leftovers }) => ({
    aim: 'To take these leftovers over by hand, so that the run ends and the name is free',
    body: { verb: 'accept', leftovers: leftovers.map(({ kind, id }) => ({ kind, id })), reason: REASON },
  }),
};

/** Every decision that is possible now, ready to be sent. Empty where a run waits for no operator. */
export function decisionsOf(situation: Situation): Decision[] {
  const { verbs } = STATE_TABLE[situation.status];
  return RESOLUTION_VERBS.filter((verb) => verbs.includes(verb)).flatMap((verb) => DECISIONS[verb](situation) ?? []);
}

/** A JSON merge patch that changes what the pointer names. Such a patch replaces lists whole, so it ends before an index. */
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
 * What the failure catalogue advises, without what is not possible now: it speaks of runs on hold, active ones and ended ones, and of verbs that a
 * template may not allow.
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
    ? advice.replace('`retry` a run on hold, or have it ordered again', '`retry`')
    : advice
        // The tenant is there: nothing is to be ordered again.
        .replace(status === 'active' ? '; then `retry` a run on hold, or have it ordered again' : '', '')
        .replace('`retry` a run on hold, or have it ordered again', 'have it ordered again')
        .replace(' and asks for `retry`', '; then have it ordered again')
        .replace(', then `retry`; or `accept` them and remove them by hand', '');
}

function sentence(text: string): string {
  const trimmed = text.trim().replace(/\.$/, '');
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}.`;
}
