import type { Look } from '../../eyes/look';
import { examine, type Verdict } from '../../invariant';
import { idsOf } from './i15-closed';

/**
 * I16: after a change of its access, after a reconciliation, and after a change that was undone, a tenant has what it had before in that state;
 * after a change of its single sign-on also, but for the connection that was asked for. An active one can use all of it.
 */
export function asBefore(looks: readonly Look[]): Verdict {
  return examine(
    looks,
    ({ kind, status, expected, reach, before, now }) => {
      const ways = expected === 'active' ? Object.entries(reach) : [];
      const shut = ways.flatMap(([way, answer]) => (answer === 'open' ? [] : [`${way}: ${answer}`]));
      const other = Object.keys(before).flatMap((fact) =>
        before[fact] === now[fact] ? [] : [`${fact}: was ${before[fact]}, is ${now[fact]}`],
      );
      const wrong = [...shut, ...other];
      return wrong.length > 0 && `${kind} is ${status}, and not as before: ${wrong.join('; ')}`;
    },
    idsOf,
  );
}
