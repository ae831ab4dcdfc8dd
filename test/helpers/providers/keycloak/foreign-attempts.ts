/** What one tenant has at Keycloak: ids, and the alias of its identity provider. */
export interface OwnedAtKeycloak {
  organization: string;
  /** The first admin's account. */
  user: string;
  /** The top group. */
  group: string;
  provider: string;
}

/** Requests to the Admin REST API with which one tenant's user would read, change or join what another tenant has. */
export function foreignAttempts(
  realm: string,
  mine: OwnedAtKeycloak,
  theirs: OwnedAtKeycloak,
): [method: string, path: string, body?: unknown][] {
  return [
    ['GET', `${realm}/organizations`],
    ['GET', `${realm}/organizations/${theirs.organization}`],
    ['GET', `${realm}/organizations/${theirs.organization}/members`],
    ['POST', `${realm}/organizations/${theirs.organization}/members`, mine.user],
    ['PUT', `${realm}/organizations/${theirs.organization}`, { name: 'intruder' }],
    ['DELETE', `${realm}/organizations/${theirs.organization}`],
    ['GET', `${realm}/users`],
    ['GET', `${realm}/users/${theirs.user}`],
    ['PUT', `${realm}/users/${theirs.user}`, { enabled: false }],
    ['PUT', `${realm}/users/${theirs.user}/reset-password`, { type: 'password', value: 'intruder' }],
    ['POST', `${realm}/users/${theirs.user}/impersonation`],
    ['DELETE', `${realm}/users/${theirs.user}`],
    ['DELETE', `${realm}/organizations/${theirs.organization}/members/${theirs.user}`],
    ['GET', `${realm}/groups`],
    ['GET', `${realm}/groups/${theirs.group}`],
    ['GET', `${realm}/groups/${theirs.group}/members`],
    ['POST', `${realm}/groups/${theirs.group}/children`, { name: 'intruder' }],
    ['DELETE', `${realm}/groups/${theirs.group}`],
    ['PUT', `${realm}/users/${mine.user}/groups/${theirs.group}`],
    ['PUT', `${realm}/users/${theirs.user}/groups/${mine.group}`],
    ['GET', `${realm}/identity-provider/instances`],
    ['GET', `${realm}/identity-provider/instances/${theirs.provider}`],
    ['PUT', `${realm}/identity-provider/instances/${theirs.provider}`, { alias: theirs.provider, enabled: false }],
    ['DELETE', `${realm}/identity-provider/instances/${theirs.provider}`],
    ['GET', `${realm}/organizations/${theirs.organization}/identity-providers`],
    ['POST', `${realm}/organizations/${theirs.organization}/identity-providers`, mine.provider],
    ['DELETE', `${realm}/organizations/${theirs.organization}/identity-providers/${theirs.provider}`],
    ['GET', `${realm}/clients`],
  ];
}
