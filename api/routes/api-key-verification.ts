import { apiKeyVerifiedSchema, verifyApiKeyRequestSchema } from '../../contract/schemas/api-key-schema';
import { verifyApiKey } from '../../registry/api-key-verification';
import type { ApiDependencies } from '../dependencies';
import { defineRoute, type Route } from '../route';

/** Path of the verification, which has limits of its own. */
export const VERIFY_PATH = '/v1/api-keys:verify';

/** `POST /v1/api-keys:verify`. */
export function apiKeyVerificationRoutes({ pool, apiKeyUse }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: VERIFY_PATH,
      operationId: 'verifyApiKey',
      tag: 'API keys',
      summary: 'Whose an API key is and what it may',
      description:
        'For the application, when somebody presents a key. Unknown, wrong, expired and revoked keys, and those of tenants that are not active, are answered alike. A key that was revoked is good for nothing with the next question; do not keep answers for longer than you can wait for that.',
      access: ['api-keys:verify'],
      body: verifyApiKeyRequestSchema,
      answers: {
        200: { description: 'The key’s tenant and scopes, or that it is not valid.', schema: apiKeyVerifiedSchema },
      },
      problems: [],
      handle: async ({ body: { key } }) => {
        const headers = { 'cache-control': 'no-store' };
        const verified = await verifyApiKey(pool, key);
        if (!verified) return { status: 200, body: { valid: false }, headers };
        const { keyId, tenantId, name, scopes, expiresAt } = verified;
        apiKeyUse.note(keyId);
        const expiry = expiresAt ? { expiresAt: expiresAt.toISOString() } : {};
        return { status: 200, body: { valid: true, tenantId, name, scopes, ...expiry }, headers };
      },
    }),
  ];
}
