import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApiToken, findValidToken } from '../../registry/credentials/api-tokens';
import { createRegistryPool } from '../../registry/database';
import { writeJson } from '../processes/state';

/** The callers of a local product's API, with their roles. No caller may both order and approve. */
export const CALLERS = {
  signup: ['tenants:order', 'tenants:read'],
  approver: ['approvals:decide', 'tenants:read'],
  operator: ['operations:operate', 'tenants:read'],
  support: ['tenants:suspend', 'tenants:read'],
  offboarding: ['tenants:deprovision', 'tenants:read'],
  legal: ['legal-hold:manage', 'tenants:read'],
  keyDestroyer: ['keys:destroy', 'tenants:read'],
  apiKeyManager: ['api-keys:manage', 'tenants:read'],
  flagManager: ['flags:manage', 'tenants:read'],
  application: ['api-keys:verify', 'usage:write'],
  integrator: ['webhooks:manage', 'tenants:read'],
  alertRules: ['alerts:report'],
} as const;

/** One of {@link CALLERS}. */
export type Caller = keyof typeof CALLERS;

/** One API token for each caller. */
export type Tokens = Record<Caller, string>;

const DAY = 86_400_000;
const LIFETIME = 30 * DAY;

/**
 * Returns a valid API token for each of {@link CALLERS}: the previous run's token if it is valid for another day, or else a new one. The
 * tokens are kept in `dir/tokens.json` with mode 0600, because the registry only has their hashes.
 */
export async function productTokens(dir: string, registryUrl: string): Promise<Tokens> {
  const file = join(dir, 'tokens.json');
  const remembered = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Tokens>) : {};
  const pool = createRegistryPool(registryUrl, 1, 'provisioner-tokens');
  try {
    const tokens = {} as Tokens;
    for (const [name, roles] of Object.entries(CALLERS) as [Caller, readonly string[]][]) {
      const known = remembered[name];
      const valid = known === undefined ? undefined : await findValidToken(pool, known);
      const expiresAt = new Date(Date.now() + LIFETIME);
      tokens[name] =
        known !== undefined && valid !== undefined && valid.expiresAt.getTime() > Date.now() + DAY
          ? known
          : (await createApiToken(pool, { name, roles: [...roles], expiresAt })).token;
    }
    writeJson(file, tokens);
    return tokens;
  } finally {
    await pool.end();
  }
}
