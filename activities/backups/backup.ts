import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import { listDispensable, recordRemoval, retireBackup } from '../../registry/backups/retirement';
import {
  beginBackup,
  completeBackup,
  findBackedUpTenant,
  findBackup,
  readBackupKey,
  type BackedUpTenant,
  type BackupManifest,
  type BackupRow,
} from '../../registry/backups/backups';
import { findPlacement } from '../../registry/capacity/capacity';
import { beginRestoreTest, recordRestoreTest } from '../../registry/backups/restore-tests';
import { recordRestore } from '../../registry/backups/restores';
import { TenantKeyDestroyed } from '../../registry/keys/tenant-keys';
import { findLegalHold, LegalHoldStands } from '../../registry/tenants/legal-holds';
import { announceKept } from '../../registry/tenants/kept';
import type { Share } from '../../providers/postgres/backup/dump-session';
import type { RestoreInto } from '../../providers/postgres/backup/restore-target';
import { openParts, partContext, sealParts } from './cipher';
import { backupFolder, backupVault, clearFolder, readParts, writeParts } from './store';
import type { Dependencies, StorageWith } from '../dependencies';
import { failure, toFailure } from '../../providers/port/failures';
import type { BackupActivities } from './interface';
import { unusable } from '../../providers/port/unusable-backup';

/** How many good backups are kept of a tenant whose template does not say. */
const KEEP = 7;

interface BackupDependencies extends Pick<Dependencies, 'pool' | 'signal'> {
  keys: KeyWrapper & Pick<Dependencies['keys'], 'classify'>;
  postgres: Pick<Dependencies['postgres'], 'classify' | 'dump' | 'restore'>;
  storage: StorageWith<'vault'> & Pick<Dependencies['storage'], 'classify'>;
}

/** Makes backups of tenants' databases, tests that they can be restored, and restores them. */
export function createBackup(
  dependencies: BackupDependencies,
): Pick<BackupActivities, 'makeBackup' | 'testBackup' | 'restoreBackup'> {
  const { keys, pool, postgres, signal, storage } = dependencies;

  async function load(backupId: string): Promise<{ backup: BackupRow; tenant: BackedUpTenant }> {
    const backup = await findBackup(pool, backupId);
    if (!backup) throw failure('StateConflict', `There is no backup ${backupId} in the registry.`);
    const tenant = await findBackedUpTenant(pool, { tenantId: backup.tenantId });
    if (!tenant)
      throw failure(
        'StateConflict',
        `Tenant ${backup.tenantId} of backup ${backupId} is neither active nor suspended.`,
      );
    return { backup, tenant };
  }

  async function shareOf({ tenantId, region, template }: BackedUpTenant): Promise<Share> {
    const cell = (await findPlacement(pool, tenantId))?.database;
    if (cell === undefined) throw failure('StateConflict', `Tenant ${tenantId} has no database cell.`);
    return { tenantId, region, cell, isolation: template.resources.database.isolation, signal: signal() };
  }

  /** Awaits work that needs the tenant's key, and classifies its failures. */
  async function withKey<T>(work: Promise<T>, backupId: string): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof TenantKeyDestroyed) throw unusable('the tenant’s key was destroyed');
      throw toFailure(error, `the key of backup ${backupId}`, keys.classify);
    }
  }

  /** Makes one attempt, with a key and a folder of its own, so that an abandoned attempt that is still running cannot damage it. */
  async function make(backup: BackupRow, tenant: BackedUpTenant): Promise<void> {
    const { backupId, region } = backup;
    const share = await shareOf(tenant);
    const key = randomBytes(32);
    const attempt = await withKey(beginBackup(pool, keys, backup, key), backupId);
    if (attempt === undefined) return;
    const vault = backupVault(dependencies, region);
    const folder = backupFolder(backup, attempt);
    const gzip = createGzip();
    const [stored, dumped] = await Promise.allSettled([
      writeParts(vault, folder, sealParts(key, partContext(backup), gzip), signal()),
      dump(share, backupId, gzip),
    ]);
    // A dump that fails destroys the stream with its own error, so the writer rejects with that one, too.
    if (stored.status === 'rejected')
      throw toFailure(stored.reason, `the vault of ${region} for backup ${backupId}`, storage.classify);
    if (dumped.status === 'rejected') throw dumped.reason;
    if (await completeBackup(pool, { backupId, attempt }, stored.value, dumped.value))
      await clearFolder(vault, backupFolder(backup), signal(), folder);
    else await clearFolder(vault, folder, signal());
  }

  async function dump(share: Share, backupId: string, out: ReturnType<typeof createGzip>): Promise<BackupManifest> {
    try {
      const manifest = await postgres.dump(share, backupId, out);
      out.end();
      return manifest;
    } catch (error) {
      const known = failed(error, `the database of tenant ${share.tenantId} for backup ${backupId}`);
      out.destroy(known);
      throw known;
    }
  }

  /**
   * Removes backups that are no longer needed; none while a legal hold stands. Whatever cannot be removed now is removed after the next
   * backup.
   */
  async function removeDispensable({ tenantId, region }: BackupRow, keep: number): Promise<void> {
    const dispensable = await listDispensable(pool, tenantId, keep);
    const hold = await findLegalHold(pool, tenantId);
    if (hold) {
      if (dispensable.length > 0) await announceKept(pool, { tenantId, what: 'backups', holdId: hold.holdId });
      return;
    }
    const vault = backupVault(dependencies, region);
    for (const backupId of dispensable)
      try {
        await retireBackup(pool, backupId);
        await clearFolder(vault, backupFolder({ tenantId, backupId }), signal());
        await recordRemoval(pool, backupId);
      } catch (error) {
        if (signal().aborted) throw error;
      }
  }

  async function restore(backupId: string, into: RestoreInto): Promise<BackupManifest> {
    const { backup, tenant } = await load(backupId);
    const { state, region, attempt, parts } = backup;
    if (state !== 'good' || parts === null)
      throw failure('StateConflict', `Backup ${backupId} is ${state}: only a good one can be restored.`);
    const share = await shareOf(tenant);
    const key = await withKey(readBackupKey(pool, keys, backup), backupId);
    if (!key) throw unusable('its key was destroyed');
    const sealed = readParts(backupVault(dependencies, region), backupFolder(backup, attempt), parts, signal());
    try {
      return await pipeline(
        Readable.from(openParts(key, partContext(backup), sealed)),
        createGunzip(),
        (script: AsyncIterable<Buffer>) => postgres.restore(share, { backupId, into }, script),
      );
    } catch (error) {
      throw failed(error, `the restore of backup ${backupId}`);
    }
  }

  function failed(error: unknown, what: string): Error {
    // Our own encoder wrote the stream, so a decoder that fails means that the content is no longer what we wrote.
    const code = (error as { code?: unknown }).code;
    if (typeof code === 'string' && code.startsWith('Z_')) return unusable('it cannot be unpacked');
    return toFailure(
      error,
      what,
      (caught, about) => postgres.classify(caught, about) ?? storage.classify(caught, about),
    );
  }

  return {
    async makeBackup({ backupId }) {
      const { backup, tenant } = await load(backupId);
      if (backup.state === 'failed' || backup.state === 'removed')
        throw failure('StateConflict', `Backup ${backupId} is ${backup.state}: request a new one.`);
      if (backup.state !== 'good') await make(backup, tenant);
      await removeDispensable(backup, tenant.template.backup?.keep ?? KEEP);
    },

    async testBackup({ backupId }) {
      await beginRestoreTest(pool, backupId);
      const { tables } = await restore(backupId, 'scratch');
      const rows = tables.reduce((sum, table) => sum + table.rows, 0);
      const answered = `${tables.length} tables with ${rows} rows were restored unchanged`;
      await recordRestoreTest(pool, { backupId, provider: 'postgres', passed: true, answered });
    },

    async restoreBackup({ backupId }) {
      const { tenant } = await load(backupId);
      // The restore may have been requested before the hold was placed.
      const hold = await findLegalHold(pool, tenant.tenantId);
      if (hold) throw failure('StateConflict', new LegalHoldStands(tenant.tenantId, hold.until).message);
      await restore(backupId, 'tenant');
      await recordRestore(pool, backupId);
    },
  };
}
