import { relative, isAbsolute } from 'node:path';
import { signInLines } from '../staff';
import type { Endpoints } from '../types';
import { columns } from './columns';
import { section } from './summary';

/** A shell expression that reads a caller's token from the endpoints file. */
function tokenOf(caller: string, endpointsFile: string): string {
  const path = relative('', endpointsFile);
  const file = isAbsolute(path) || path.startsWith('..') ? endpointsFile : `./${path}`;
  return `$(node -p "require('${file}').tokens.${caller}")`;
}

/** The call that approves an operation, ready to be pasted into a shell. */
export function approvalCall(url: string, operationId: string, endpointsFile: string): string {
  return [
    `curl -X POST ${url}/v1/operations/${operationId}/approval \\`,
    `  -H "Authorization: Bearer ${tokenOf('approver', endpointsFile)}" \\`,
    `  -H 'Content-Type: application/json' -d '{"decision":"approve","comment":"Agreed with sales."}'`,
  ].join('\n');
}

/** Addresses to open in a browser. */
export function addresses(url: string, { temporal, keycloak, mail }: Endpoints, endpointsFile: string): string {
  const rows = [
    ['Console', `${url}/console/`],
    ...signInLines(keycloak?.staff),
    ['API documentation', `${url}/docs`],
    ['Temporal Web UI', `${temporal?.ui}`],
    ['  decrypted payloads', `follow the steps on ${url}/codec, with the operator token`],
    ['Keycloak', `${keycloak?.url}/admin  (user ${keycloak?.adminUser}, password in the file below)`],
    ['mail', `${mail?.ui}`],
    ['tokens, addresses, passwords', relative('', endpointsFile)],
  ];
  return section('Addresses', columns(rows));
}

/** Example calls, ready to be pasted into a shell. */
export function exampleCalls(url: string, operationId: string, tenantId: string, endpointsFile: string): string {
  const order = JSON.stringify({
    tenantName: 'my-first-tenant',
    organizationName: 'Example Ltd.',
    adminUser: { email: 'me@example.com', firstName: 'Me', lastName: 'Myself', role: 'owner' },
    subscription: { plan: 'starter', billingCycle: 'monthly', features: [] },
    configuration: {},
    paymentMethod: 'pm_card_visa',
  });
  return section(
    'Calls to try',
    [
      `TOKEN=${tokenOf('signup', endpointsFile)}`,
      `curl -H "Authorization: Bearer $TOKEN" ${url}/v1/operations/${operationId}`,
      `curl -H "Authorization: Bearer $TOKEN" ${url}/v1/tenants/${tenantId}`,
      `curl -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' ${url}/v1/tenants -d '${order}'`,
    ].join('\n'),
  );
}
