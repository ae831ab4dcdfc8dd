import { Command, InvalidArgumentError } from 'commander';
import type pg from 'pg';
import { createKeys, type Keys } from '../../activities/adapters/keys/keys';
import { keyRing } from '../../config/environment';
import { loadRegionKeys } from '../../config/regions';
import { auditedReason } from '../../contract/schemas/request-schemas';
import { discloseBackupKey } from '../../registry/backup-disclosure';
import type { Queryable } from '../../registry/database';
import { countWrapped, listOutdated, rewrapTenantKey } from '../../registry/key-rewrap';
import { withRegistry } from './with-registry';

/** Tenants between two lines of progress. */
const BATCH = 500;

const program = new Command('keys').description(
  'Tenants’ keys. Needs REGISTRY_URL; rewrapping needs KEY_RING, the new key in front and the old ones behind it; disclosing the one in use.',
);

program
  .command('status')
  .description('shows how many tenants’ data keys each key wraps; one that wraps none can leave KEY_RING')
  .action(() => withRegistry('keys', showCounts));

program
  .command('rewrap')
  .description('wraps with the first key of KEY_RING whatever an older one wraps; can be stopped and begun again')
  .option('--dry-run', 'opens everything and changes nothing', false)
  .action(({ dryRun }: { dryRun: boolean }) => withRegistry('keys', (db) => rewrap(db, dryRun)));

program
  .command('disclose')
  .description(
    'prints the key that opens one backup and nothing else, for an auditor; the tenant’s audit trail says so',
  )
  .argument('<backup>', 'its id, as GET /v1/tenants/{id}/backups shows it')
  .requiredOption('--reason <text>', 'why, and to whom; kept in the audit trail', parseReason)
  .addHelpText('after', '\nFor regions that keep keys at AWS KMS it needs REGIONS_FILE, as the API does.')
  .action((backupId: string, { reason }: { reason: string }) =>
    withRegistry('keys', (pool) => disclose(pool, backupId, reason)),
  );

async function disclose(pool: pg.Pool, backupId: string, reason: string): Promise<void> {
  const keys = keysOfRegions();
  try {
    const backup = await discloseBackupKey(pool, keys, { backupId, actor: 'command-line', reason });
    if (!backup)
      throw new Error(
        `There is no good backup ${backupId}, or its key was destroyed. GET /v1/tenants/{id}/backups shows all.`,
      );
    // Only the key on standard output: `keys disclose … > backup.key`.
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
      `${done} ${dryRun ? 'can be wrapped' : 'wrapped'} with ${ring.current}, ${failed.length} not\n`,
    );
  }
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
