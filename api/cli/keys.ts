import { Command } from 'commander';
import { createKeys } from '../../activities/adapters/keys/keys';
import { keyRing } from '../../config/environment';
import type { Queryable } from '../../registry/database';
import { countWrapped, listOutdated, rewrapTenantKey } from '../../registry/key-rewrap';
import { withRegistry } from './with-registry';

/** Tenants between two lines of progress. */
const BATCH = 500;

const program = new Command('keys').description(
  'The keys that wrap tenants’ data keys. Needs REGISTRY_URL; rewrapping needs KEY_RING, the new key in front and the old ones behind it.',
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
