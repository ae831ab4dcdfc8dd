import { dashName } from '../../../../contract/ids';
import { committed, http, type Aim, type Call, type Sight } from './call';

const KIND = 'configure-sso' as const;

const INSTANCES = '/identity-provider/instances/';

/** A request of which each connection's has another body; `which` is the one that the operation brings, or the one that it takes back. */
function about(
  which: 'wanted' | 'before',
  method: string,
  path: (name: string) => string,
  part: 'clientId' | 'domain' | 'team',
): Call['sight'] {
  return (run) => http('keycloak', method, path, new RegExp(run.sso?.[which]?.[part] ?? 'none'))(run);
}

function call(name: string, sight: Call['sight'], more: Partial<Call> = {}): Call {
  return { name, kind: KIND, step: 'identity', undo: false, plan: 'professional', sight, ...more };
}

function undo(name: string, sight: Call['sight']): Call {
  return call(name, sight, { undo: true });
}

const organization = (): string => '/organizations/[^/]+/?$';
const provider = (name: string): string => `${INSTANCES}${name}$`;
const mappers = (name: string): string => `${INSTANCES}${name}/mappers$`;

/** Requests that a refused look consists of: the session repeats it once with a new token. */
const REFUSED_LOOK = 2;

/**
 * The look by which step `verify` decides. The same request is made before the connection and by the undo, so only those are met that follow
 * the connection, and not more than one refused look has.
 */
function decidingLook({ tenantId }: Aim): Sight {
  let [connected, met] = [false, 0];
  return {
    at: 'keycloak',
    path: new RegExp(`${INSTANCES}${dashName(tenantId)}$`),
    tenantId,
    when: ({ method }) => {
      if (method === 'PUT') connected = true;
      return connected && method === 'GET' && ++met <= REFUSED_LOOK;
    },
  };
}

function concluded(status: string): Call['sight'] {
  return committed(({ tenantId }) => `insert into audit_entry[^]*${tenantId}[^]*operation\\.${status}`);
}

/** Every call with which a tenant gets a connection, for the first time or in place of another, and every one of the undo. */
export const CONFIGURE_SSO_CALLS: readonly Call[] = [
  call(
    'make the identity provider',
    http('keycloak', 'POST', () => `${INSTANCES}?$`),
    { fresh: true },
  ),
  call(
    'link the identity provider',
    http('keycloak', 'POST', () => '/organizations/[^/]+/identity-providers/?$'),
    { fresh: true },
  ),
  call('set the domains', about('wanted', 'PUT', organization, 'domain')),
  call(
    'remove a mapper',
    http('keycloak', 'DELETE', (name) => `${INSTANCES}${name}/mappers/[^/]+$`),
  ),
  call('make a mapper', about('wanted', 'POST', mappers, 'team')),
  call('connect the identity provider', about('wanted', 'PUT', provider, 'clientId')),
  call('look at the identity provider', decidingLook, { step: 'verify' }),
  call('commit the connection', concluded('completed'), { step: 'finalize' }),

  undo('set the domains again', about('before', 'PUT', organization, 'domain')),
  undo('make a mapper again', about('before', 'POST', mappers, 'team')),
  undo('connect the identity provider again', about('before', 'PUT', provider, 'clientId')),
  undo('conclude', concluded('failed')),
  {
    ...undo(
      'remove the identity provider',
      http('keycloak', 'DELETE', (name) => provider(name)),
    ),
    fresh: true,
  },
];
