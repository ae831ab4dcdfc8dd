import { Command, InvalidArgumentError } from 'commander';
import type pg from 'pg';
import { createKeys, type Keys } from '../../providers/keys/keys';
import { keyRing } from '../../config/environment';
import { loadRegionKeys } from '../../config/regions';
import { auditedReason } from '../../contract/schemas/request-schemas';
import { discloseBackupKey } from '../../registry/backups/disclosure';
import type { Queryable } from '../../registry/database';
import { countWrapped, listOutdated, rewrapExportKeys, rewrapTenantKey } from '../../registry/keys/rewrap';
import { withRegistry } from './with-registry';

/** Tenants rewrapped between two lines of progress. */
const BATCH = 500;

const program = new Command('keys').description(
  'Manages tenants’ keys. Needs REGISTRY_URL. `rewrap` needs KEY_RING with the new key first and the old keys after it; `disclose` needs the KEY_RING in use.',
);

program
  .command('status')
  .description('shows how many tenants’ data keys each key wraps; a key that wraps none can be removed from KEY_RING')
  .action(() => withRegistry('keys', showCounts));

program
  .command('rewrap')
  .description('rewraps all data keys with the first key of KEY_RING; can be interrupted and repeated')
  .option('--dry-run', 'unwraps every data key but changes nothing', false)
  .action(({ dryRun }: { dryRun: boolean }) => withRegistry('keys', (db) => rewrap(db, dryRun)));

program
  .command('disclose')
  .description(
    'prints the key that opens one backup and nothing else, for an auditor; the tenant’s audit trail records it',
  )
  .argument('<backup>', 'id of the backup, from GET /v1/tenants/{id}/backups')
  .requiredOption('--reason <text>', 'why, and to whom, the key is disclosed; kept in the audit trail', parseReason)
  .addHelpText('after', '\nIf a region keeps its keys at AWS KMS, also set REGIONS_FILE, as for the API.')
  .action((backupId: string, { reason }: { reason: string }) =>
    withRegistry('keys', (pool) => disclose(pool, backupId, reason)),
  );

async function disclose(pool: pg.Pool, backupId: string, reason: string): Promise<void> {
  const keys = keysOfRegions();
  try {
    const backup = await discloseBackupKey(pool, keys, { backupId, actor: 'command-line', reason });
    if (!backup)
      throw new Error(
        `Backup ${backupId} does not exist, is not good, or its key was destroyed. See GET /v1/tenants/{id}/backups.`,
      );
    // Standard output carries only the key, so that `keys disclose … > backup.key` works.
    process.stderr.write(`The key of backup ${backupId} of tenant ${backup.tenantId}, AES-256 in base64:\n`);
    process.stdout.write(`${backup.key.toString('base64')}\n`);
  } finally {
    keys.close();
  }
}

function keysOfRegions(): Keys {
  const file = process.env['REGIONS_FILE'];
  return createKeys(keyRing(process.env), file === undefined ? [] : loadRegionKeys(file, process.env));
}

function parseReason(text: string): string {
  const { success, data, error } = auditedReason.safeParse(text);
  if (!success) throw new InvalidArgumentError(error.issues.map(({ message }) => message).join(' '));
  return data;
}

async function rewrap(db: Queryable, dryRun: boolean): Promise<void> {
  const ring = keyRing(process.env);
  const keys = createKeys(ring, []);
  let after = '';
  let done = 0;
  const failed: string[] = [];
  for (;;) {
    const tenants = await listOutdated(db, ring.current, after, BATCH);
    if (tenants.length === 0) break;
    for (const tenantId of tenants) {
      try {
        if (await rewrapTenantKey(db, keys, tenantId, { dryRun })) done += 1;
      } catch (error) {
        failed.push(`${tenantId}: ${(error as Error).message}`);
      }
    }
    after = tenants.at(-1)!;
    process.stderr.write(
      `${done} ${dryRun ? 'can be rewrapped' : 'rewrapped'} with ${ring.current}, ${failed.length} failed\n`,
    );
  }
  const exported = await rewrapExportKeys(db, keys, ring.current, { dryRun });
  if (exported > 0) process.stderr.write(`${exported} keys of exports ${dryRun ? 'can be rewrapped' : 'rewrapped'}\n`);
  for (const line of failed) process.stderr.write(`${line}\n`);
  await showCounts(db);
  if (failed.length > 0) process.exitCode = 1;
}

async function showCounts(db: Queryable): Promise<void> {
  for (const { provider, keyId, tenants } of await countWrapped(db))
    process.stdout.write(`${provider}  ${keyId}  ${tenants}\n`);
}

program.parseAsync().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
