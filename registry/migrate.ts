import path from 'node:path';
import { runner } from 'node-pg-migrate';

/** Brings the registry to the newest version; several processes may call it at once, one does the work. Returns the migrations it ran. */
export async function migrateRegistry(url: string, log: (line: string) => void): Promise<string[]> {
  const ran = await runner({
    databaseUrl: url,
    dir: path.join(__dirname, 'migrations'),
    direction: 'up',
    migrationsTable: 'schema_migration',
    checkOrder: true,
    advisoryLockMode: 'wait',
    log,
    verbose: false,
  });
  return ran.map((migration) => migration.name);
}
