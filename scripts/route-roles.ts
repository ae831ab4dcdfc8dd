import { format, resolveConfig } from 'prettier';
import type { Role } from '../api/access/roles';
import { apiDocument } from './api-document';

/** Where the console's table of the roles that routes need is. */
export const ROUTE_ROLES = 'console/api/route-roles.ts';

const HEADER = `// Generated from the OpenAPI document by \`npm run docs\`. Do not edit.

/** The roles of which a caller of the API needs one, by the route's \`operationId\`. Any signed-in person may call a route with an empty list. */
export const ROUTE_ROLES = `;

/** The console's table of the roles that routes need: \`x-roles\` of the OpenAPI document, without the public routes. */
export async function routeRoles(): Promise<string> {
  const document = apiDocument('https://provisioner.example.com');
  const routes = Object.values(document.paths ?? {}).flatMap((item) =>
    [item.get, item.post, item.put, item.patch, item.delete].flatMap((route) => {
      const roles = route?.['x-roles'] as Role[] | undefined;
      return roles ? [[route!.operationId!, roles] as const] : [];
    }),
  );
  const table = JSON.stringify(Object.fromEntries(routes.sort(([a], [b]) => (a < b ? -1 : 1))));
  return format(`${HEADER}${table} as const;`, { ...(await resolveConfig(ROUTE_ROLES)), parser: 'typescript' });
}
