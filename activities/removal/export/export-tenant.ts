import { VERSION } from '../../../config/version';
import { isRecipient, identityBytes, identityText } from '../../../contract/exports/age-keys';
import { EXPORT_FORMAT, volumeName, type ExportManifest } from '../../../contract/exports/archive';
import { LINK_SECONDS } from '../../../contract/exports/links';
import { failure, toFailure, type Classify } from '../../../providers/port/failures';
import type { Share } from '../../../providers/postgres/backup/dump-session';
import type { Vault } from '../../../providers/storage/vault/vault';
import { findPlacement } from '../../../registry/capacity/capacity';
import { hashClaimToken } from '../../../registry/credentials/claim-tokens';
import { exportToken, readIdentity } from '../../../registry/tenants/export-identity';
import {
  beginExport,
  completeExport,
  findExport,
  findExportedTenant,
  type ExportedTenant,
  type ExportRow,
} from '../../../registry/tenants/exports';
import type { ExportActivities } from '../interface-export';
import { newIdentity } from './age';
import type { ExportDependencies } from './dependencies';
import { clearExport, removeArchive } from './folder';
import { ObjectWalk, type VolumeLimits } from './objects';
import { writeVolume } from './write-volume';

/** Where one volume ends and the next one begins: a crash repeats at most one of them. */
const LIMITS: VolumeLimits = { bytes: 4 * 1024 ** 3, objects: 10_000 };

/** The export of a tenant that leaves, and its removal. */
export function createExport(
  dependencies: ExportDependencies,
  limits: VolumeLimits = LIMITS,
): Omit<ExportActivities, 'awaitExportMail'> {
  const { pool, keys, storage, signal } = dependencies;

  async function begin(operationId: string): Promise<{ row: ExportRow; tenant: ExportedTenant }> {
    const tenant = await findExportedTenant(pool, operationId);
    if (!tenant)
      throw failure('OperationNotFound', `There is no operation ${operationId} of a placed tenant in the registry.`);
    const { tenantId, region, exportTo } = tenant;
    if (exportTo !== null && !isRecipient(exportTo))
      throw failure(
        'ProviderRefused',
        `The export of operation ${operationId} names a key that is no age recipient (age1…).`,
      );
    const row = await beginExport(pool, { operationId, tenantId, region, ...(await recipientOf(tenant)) });
    if (!row)
      throw failure(
        'CompensationBegun',
        `Operation ${operationId} is being undone, so tenant ${tenantId} is not exported.`,
      );
    return { row, tenant };
  }

  /** The customer's key, or a new one, which the registry keeps only if it is the first of this export. */
  async function recipientOf({ tenantId, exportTo }: ExportedTenant) {
    if (exportTo !== null) return { recipient: exportTo };
    const { identity, recipient } = await newIdentity();
    return { recipient, identity: await keys.wrap(tenantId, identityBytes(identity)) };
  }

  async function writeAll(vault: Vault, row: ExportRow, tenant: ExportedTenant): Promise<void> {
    const { tenantId, region, isolation } = tenant;
    const cell = (await findPlacement(pool, tenantId))?.database;
    if (cell === undefined) throw failure('StateConflict', `Tenant ${tenantId} has no database cell.`);
    const share: Share = { tenantId, region, cell, isolation, signal: signal() };
    const secret = await readIdentity(pool, keys, row.operationId);
    const identity = secret && identityText(secret);
    const walk = new ObjectWalk(storage.forRegion(region).objects, tenantId, signal());
    try {
      const before = row.volumes.at(-1);
      await walk.skip(
        row.volumes.reduce((sum, { objects }) => sum + objects, 0),
        before?.lastObject ?? null,
      );
      const job = { vault, row, share, identity, walk, limits, about: aboutOf(tenant, row) };
      while (row.volumes.at(-1)?.last !== true) row.volumes.push(await writeVolume(dependencies, job));
    } finally {
      await walk.close();
    }
  }

  async function tokenHashOf({ operationId }: ExportRow): Promise<Buffer | undefined> {
    const token = await exportToken(pool, keys, operationId);
    return token === undefined ? undefined : hashClaimToken(token);
  }

  return {
    async exportTenant({ operationId }) {
      const { row, tenant } = await begin(operationId);
      if (row.state === 'ready') return;
      const { vault } = storage.forRegion(row.region);
      try {
        await clearExport(vault, row, signal());
        await writeAll(vault, row, tenant);
      } catch (error) {
        throw toFailure(error, `the export of tenant ${row.tenantId}`, classifyWith(dependencies));
      }
      if (!(await completeExport(pool, row, await tokenHashOf(row))))
        throw failure(
          'CompensationBegun',
          `The export of operation ${operationId} was taken over or is being removed.`,
        );
    },

    removeExport: ({ operationId }) => removeArchive(dependencies, operationId),

    async signExportLink({ operationId, volume }) {
      const row = await findExport(pool, operationId);
      const stored = row?.state === 'ready' ? row.volumes[volume - 1] : undefined;
      if (!row || !stored)
        throw failure('StateConflict', `The export of operation ${operationId} has no volume ${volume} to download.`);
      const options = { fileName: volumeName(row.tenantId, volume), seconds: LINK_SECONDS };
      return storage.forRegion(row.region).vault.link(stored.key, options);
    },
  };
}

function aboutOf(
  { tenantId, tenantName, plan, template, region, isolation }: ExportedTenant,
  { operationId }: ExportRow,
): Omit<ExportManifest, 'writtenAt' | 'volume' | 'last' | 'previous' | 'objects' | 'entries'> {
  const program = `tenant-provisioner ${VERSION}`;
  return { format: EXPORT_FORMAT, program, tenantId, operationId, tenantName, plan, template, region, isolation };
}

/** An export asks every provider, so each may know the error. */
function classifyWith({ postgres, storage, keycloak, billing }: ExportDependencies): Classify {
  return (error, what) => {
    for (const { classify } of [postgres, storage, keycloak, billing]) {
      const known = classify(error, what);
      if (known) return known;
    }
    return undefined;
  };
}
