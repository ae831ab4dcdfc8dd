import { z } from 'zod';
import { pageOf, timestamp } from '../common';

const token = z
  .strictObject({
    tokenId: z.uuid(),
    name: z.string().meta({ description: 'Its holder; tokens of one name are one caller.', example: 'signup' }),
    prefix: z
      .string()
      .meta({ description: 'Beginning of the token after `tp_`, to recognise it by.', example: '9f86d081' }),
    roles: z.array(z.string()).meta({ example: ['tenants:order'] }),
    state: z.enum(['valid', 'expired', 'revoked']),
    createdAt: timestamp,
    expiresAt: timestamp,
    revokedAt: timestamp.optional(),
    lastUsedAt: timestamp.meta({ description: 'To the minute; absent if it was never used.' }).optional(),
  })
  .meta({ id: 'ApiToken', description: 'What is known of an API token. The token itself is not kept.' });

/** A page of API tokens. */
export const tokenPageSchema = pageOf(token, 'ApiTokenPage');

/** Answer of `GET /v1/roles`. */
export const rolesSchema = z
  .strictObject({
    items: z.array(
      z
        .strictObject({
          role: z.string().meta({ example: 'tenants:order' }),
          permits: z.string(),
          groups: z.array(z.string()).meta({
            description: 'Groups of the staff’s identity provider that have the role.',
            example: ['operator'],
          }),
        })
        .meta({ id: 'Role' }),
    ),
  })
  .meta({ id: 'Roles', description: 'Every role, what it permits, and who of the staff has it.' });

/** What is known of an API token. */
export type ApiTokenView = z.infer<typeof token>;
