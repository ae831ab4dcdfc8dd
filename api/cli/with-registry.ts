import type pg from 'pg';
import { registryLogins } from '../../config/environment';
import { createRegistryPool } from '../../registry/database';
import { migrateRegistry } from '../../registry/migrate';

/** Runs `work` on the registry that the environment names, in its newest version, as a command of this name; closes it in the end. */
export async function withRegistry(command: string, work: (pool: pg.Pool) => Promise<void>): Promise<void> {
  const logins = registryLogins(process.env);
  await migrateRegistry(logins, () => {});
  const pool = createRegistryPool(logins.url, 1, `provisioner-${command}`);
  try {
    await work(pool);
  } finally {
    await pool.end();
  }
}
