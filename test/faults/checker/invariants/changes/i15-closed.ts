import type { Look, Standing } from '../../eyes/look';
import { examine, type Verdict } from '../../invariant';

/** What is not closed for a tenant that is suspended read-only. */
const LEFT_TO_BE_READ: Record<string, string> = {
  'listing objects': 'open',
  'reading an object': 'open',
  'reading rows': 'open',
  'the read-only login': 'open',
  'the admin’s account': 'open',
  'a member’s account': 'open',
  'the API key': 'read-only',
  'the placement': 'read-only',
};

const NONE: Record<string, string> = {};

/** The states in which a tenant is closed, with the ways that are not. */
const CLOSED: Partial<Record<Standing, Record<string, string>>> = {
  suspended: NONE,
  leaving: NONE,
  'read-only': LEFT_TO_BE_READ,
};

/** I15: no way to use a suspended tenant with its own credentials is open; if it is suspended read-only, what is there can be read. */
export function closed(looks: readonly Look[]): Verdict {
  return examine(
    looks.filter(({ expected }) => CLOSED[expected] !== undefined),
    ({ kind, status, reach, expected }) => {
      const wrong = Object.entries(reach).filter(([way, answer]) => answer !== (CLOSED[expected]?.[way] ?? 'closed'));
      return wrong.length > 0 && `${kind} is ${status}, and ${wrong.map((way) => way.join(': ')).join(', ')}`;
    },
    idsOf,
  );
}

/** The ids of a look. */
export function idsOf({ operationId, tenantId, scenario }: Look): Pick<Look, 'operationId' | 'tenantId' | 'scenario'> {
  return { operationId, tenantId, scenario };
}
