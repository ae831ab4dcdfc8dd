import { createHash } from 'node:crypto';
import { numbered, type ExportManifest } from '../../../contract/exports/archive';
import { failure } from '../../../providers/port/failures';
import type { Share } from '../../../providers/postgres/backup/dump-session';
import type { Vault } from '../../../providers/storage/vault/vault';
import { recordVolume, type ExportRow, type StoredVolume } from '../../../registry/tenants/exports';
import type { ExportDependencies } from './dependencies';
import { addFacts } from './facts';
import { volumeKey } from './folder';
import type { ObjectWalk, VolumeLimits } from './objects';
import { readme } from './readme';
import { verifyVolume } from './verify-volume';
import { VolumeWriter } from './volume';

/** An export that is being written. */
export interface ExportJob {
  vault: Vault;
  /** With the volumes that are finished. */
  row: ExportRow;
  share: Share;
  /** The secret key, if it is ours. */
  identity: string | undefined;
  walk: ObjectWalk;
  limits: VolumeLimits;
  /** What all manifests say. */
  about: Omit<ExportManifest, 'writtenAt' | 'volume' | 'last' | 'previous' | 'objects' | 'entries'>;
}

/** Writes the next volume, verifies it in the vault and records it. What a failure leaves, the next attempt removes. */
export async function writeVolume(dependencies: ExportDependencies, job: ExportJob): Promise<StoredVolume> {
  const { vault, row, identity } = job;
  const { pool, signal } = dependencies;
  const number = row.volumes.length + 1;
  const key = volumeKey(row, number);
  const writer = new VolumeWriter(vault, { key, recipient: row.recipient, signal: signal() });
  const { manifest, contents, lastObject } = await fill(dependencies, job, writer, number).catch(
    async (error: unknown) => {
      await writer.abandon();
      throw error;
    },
  );
  const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  const path = `manifest-${numbered(number)}.json`;
  const { bytes, sha256 } = await writer.end(path, text);
  const manifestSha256 = createHash('sha256').update(text).digest('hex');
  const files = [...manifest.entries, { path, bytes: text.length, sha256: manifestSha256 }];
  await verifyVolume(vault, { key, bytes, sha256, files, identity }, signal());
  const entries = manifest.entries.length;
  const volume = { number, key, bytes, sha256, manifestSha256, lastObject, last: manifest.last, entries, ...contents };
  if (await recordVolume(pool, row, volume)) return volume;
  await vault.remove(key, { signal: signal() });
  throw failure(
    'CompensationBegun',
    `Another attempt, or the removal of the export, has taken over operation ${row.operationId}.`,
  );
}

interface Filled {
  manifest: ExportManifest;
  contents: Pick<StoredVolume, 'tables' | 'rows' | 'objects' | 'objectBytes'>;
  lastObject: string | null;
}

/** Adds a volume's files. The first volume has everything but the objects, and as many of those as fit. */
async function fill(
  dependencies: ExportDependencies,
  { row, share, walk, limits, about }: ExportJob,
  writer: VolumeWriter,
  number: number,
): Promise<Filled> {
  const { postgres, signal } = dependencies;
  const writtenAt = new Date().toISOString();
  let [tables, rows] = [0, 0];
  if (number === 1) {
    await writer.addText('README.txt', readme({ ...about, writtenAt }));
    await addFacts(dependencies, writer, { tenantId: row.tenantId, signal: signal() });
    await postgres.exportFiles(share, async ({ path, bytes, table, content }) => {
      const added = await writer.add({
        path: `database/${path}`,
        bytes,
        content: content(),
        ...(table ? { table } : {}),
      });
      if (!table) return;
      if (added.sha256 !== table.sha256)
        throw failure('OutcomeUnknown', `Table ${table.name} was read twice on one snapshot, with different rows.`);
      tables += 1;
      rows += table.rows;
    });
  }
  const from = row.volumes.reduce((sum, { objects }) => sum + objects, 0) + 1;
  const added = await walk.addTo(writer, number, limits);
  const manifest: ExportManifest = {
    ...about,
    writtenAt,
    volume: number,
    last: !added.more,
    previous: row.volumes.at(-1)?.manifestSha256 ?? null,
    objects: { from, count: added.count },
    entries: writer.entries,
  };
  return {
    manifest,
    contents: { tables, rows, objects: added.count, objectBytes: added.bytes },
    lastObject: added.last ?? null,
  };
}
