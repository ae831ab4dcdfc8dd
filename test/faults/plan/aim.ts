import type { LineFault } from '../../helpers/providers/cuttable-line';
import type { Rule } from '../../helpers/providers/fault-proxy';
import type { Lines } from '../proxies/lines';
import type { Aim, Call } from './calls/call';
import { STALE_READS, type AimedFault } from './faults';

/** Aims a fault at one call of one tenant. Throws when the call's line does not support it. */
export function aim(
  lines: Lines,
  run: Aim,
  call: Call,
  { does, times, stale }: Pick<AimedFault, 'does' | 'times' | 'stale'>,
): Rule {
  const sight = call.sight(run);
  const often = times === undefined ? {} : { times };
  if ('sends' in sight) {
    const { at, ...seen } = sight;
    if (!isForLines(does)) throw new Error(`${call.name}: a line has no statuses.`);
    return lines[at].add({ ...seen, does, ...often });
  }
  const { at, ...seen } = sight;
  const rule = lines[at].add({ ...seen, does: at === 'stripe' ? inStripesWords(does) : does, ...often });
  if (stale !== true) return rule;
  void rule.hit.then(() => {
    const read = STALE_READS[at]!;
    lines[at].add({ ...read, tenantId: run.tenantId, times: 1 });
  });
  return rule;
}

/** Stripe's client reads a refusal without an error object as a broken answer, which is a different fault. */
function inStripesWords(does: AimedFault['does']): AimedFault['does'] {
  if (typeof does !== 'number') return does;
  const body = JSON.stringify({ error: { type: does < 500 ? 'invalid_request_error' : 'api_error', message: 'No.' } });
  return { status: does, headers: { 'content-type': 'application/json' }, body };
}

function isForLines(does: AimedFault['does']): does is LineFault['does'] {
  return typeof does === 'string';
}
