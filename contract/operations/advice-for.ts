import { hasEnded, type OperationStatus } from './states';

/**
 * The advice of the failure catalogue for an operation in this status, without what is not possible now: `verbs` are. The catalogue's text
 * covers runs that are on hold, active and ended, and verbs that a template may not allow.
 */
export function adviceFor(status: OperationStatus, advice: string, verbs: readonly string[]): string {
  const waits = status === 'on_hold' || status === 'needs_operator';
  const parts = /^On hold: (.+?)\. Active: (.+?)\. Else (.+)$/.exec(advice);
  if (parts) {
    const [, onHold, active, ended] = parts;
    if (status === 'active') return sentence(active!);
    if (!waits) return sentence(ended!);
    const options = onHold!
      .split(', or ')
      .filter((option) =>
        (['amend', 'skip'] as const).every((verb) => !option.includes(`\`${verb}\``) || verbs.includes(verb)),
      );
    return sentence(options.length > 0 ? options.join(', or ') : 'have the payment method corrected, then `retry`');
  }
  return waits
    ? advice
        .replace('`retry` a run on hold, or have it requested again', '`retry`')
        // The order is still open: it is amended, not placed again.
        .replace(' and order again', '')
    : advice
        // The tenant exists, or the operation still goes on by itself: there is nothing to request again.
        .replace(
          status === 'active' || !hasEnded(status) ? '; then `retry` a run on hold, or have it requested again' : '',
          '',
        )
        .replace('`retry` a run on hold, or have it requested again', 'have it requested again')
        .replace(' and asks for `retry`', '; then have it requested again')
        .replace(', then `retry`; or `accept` them and put them right by hand', '');
}

/**
 * What a failure means for an operation in this status: the catalogue's text, without the sentence about what only an active tenant meets, and,
 * while the operation still tries, without the end of trying, which may be that of an undo.
 */
export function meaningFor(status: OperationStatus, means: string): string {
  const own = status === 'active' ? means : means.replace(/ In step 10 .+?`past_due`\./, '');
  const isTrying = !hasEnded(status) && status !== 'on_hold' && status !== 'needs_operator';
  return isTrying ? own.replace(/,? for as long as the template waits for an outage \([^)]*\)/, '') : own;
}

function sentence(text: string): string {
  const trimmed = text.trim().replace(/\.$/, '');
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}.`;
}
