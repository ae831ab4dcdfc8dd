import type pg from 'pg';
import { registryLogins } from '../../config/environment';
import { createRegistryPool } from '../../registry/database';
import { migrateRegistry } from '../../registry/migrate';

/** Migrates the registry that the environment names, runs `work` on it and closes it. `command` names the connection in PostgreSQL. */
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
