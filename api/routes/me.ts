import { z } from 'zod';
import { ROLES, type Role } from '../roles';
import { defineRoute, type Route } from '../route';

const meSchema = z
  .strictObject({
    id: z.string().meta({ description: 'What operations, decisions and audit entries name.', example: 'token:signup' }),
    name: z.string().meta({ example: 'signup' }),
    roles: z.array(z.enum(Object.keys(ROLES) as [Role, ...Role[]])).meta({ example: ['tenants:order'] }),
  })
  .meta({ id: 'Me', description: 'The caller as this API knows it.' });

/** `GET /v1/me`. */
export function meRoutes(): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/me',
      operationId: 'getMe',
      tag: 'Operating',
      summary: 'Whose token this is, and what it may do',
      description: 'For programs that adapt to their roles, and for people who try a token.',
      access: 'any-token',
      answers: { 200: { description: 'The caller.', schema: meSchema } },
      problems: [],
      handle: ({ principal: { id, name, roles } }) =>
        Promise.resolve({ status: 200, body: { id, name, roles: [...roles] } }),
    }),
  ];
}
