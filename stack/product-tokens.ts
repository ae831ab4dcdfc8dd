import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApiToken, findValidToken } from '../registry/api-tokens';
import { createRegistryPool } from '../registry/database';
import { writeJson } from './state';

/** Who calls the API of a local product, and what each may do. Nobody is both who orders and who approves. */
export const CALLERS = {
  signup: ['tenants:order', 'tenants:read'],
  approver: ['approvals:decide', 'tenants:read'],
  operator: ['operations:operate', 'tenants:read'],
  keyDestroyer: ['keys:destroy', 'tenants:read'],
  apiKeyManager: ['api-keys:manage', 'tenants:read'],
  application: ['api-keys:verify'],
} as const;

/** One of {@link CALLERS}. */
export type Caller = keyof typeof CALLERS;

/** A token a caller. */
export type Tokens = Record<Caller, string>;

const DAY = 86_400_000;
const LIFETIME = 30 * DAY;

/**
 * A valid API token for each of {@link CALLERS}: those of the run before while they are good for another day, else new ones. They are remembered in
 * `dir/tokens.json` with mode 0600, because the registry has only their hashes.
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
