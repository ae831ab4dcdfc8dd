import { apiKeyVerifiedSchema, verifyApiKeyRequestSchema } from '../../../contract/schemas/tenants/api-key-schema';
import { verifyApiKey } from '../../../registry/credentials/api-key-verification';
import type { ApiDependencies } from '../../dependencies';
import { defineRoute, type Route } from '../../http/route';

/** Path of the verification, which has its own rate limit. */
export const VERIFY_PATH = '/v1/api-keys:verify';

/** `POST /v1/api-keys:verify`. */
export function apiKeyVerificationRoutes({ pool, apiKeyUse }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: VERIFY_PATH,
      operationId: 'verifyApiKey',
      tag: 'API keys',
      summary: 'Verify an API key: whose it is, and what it permits',
      description:
        'For the application, when a caller presents a key. Unknown, wrong, expired and revoked keys all get the same answer. The holder of a current key also learns that its tenant is suspended or leaving. A key of a tenant that is suspended read-only is valid with `access: "read-only"`. A revoked key is refused from the next verification on, so cache answers only for as long as you can tolerate a revoked key.',
      access: ['api-keys:verify'],
      body: verifyApiKeyRequestSchema,
      answers: {
        200: {
          description: 'The key’s tenant, scopes and access, or that it is not valid.',
          schema: apiKeyVerifiedSchema,
        },
      },
      problems: [],
      handle: async ({ body: { key } }) => {
        const headers = { 'cache-control': 'no-store' };
        const verified = await verifyApiKey(pool, key);
        if (!verified.valid) return { status: 200, body: verified, headers };
        const { keyId, tenantId, name, scopes, access, expiresAt } = verified;
        apiKeyUse.note(keyId);
        const expiry = expiresAt ? { expiresAt: expiresAt.toISOString() } : {};
        return { status: 200, body: { valid: true, tenantId, name, scopes, access, ...expiry }, headers };
      },
    }),
  ];
}
