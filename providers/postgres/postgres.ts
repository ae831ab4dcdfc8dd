import type { Writable } from 'node:stream';
import type { RegionSettings } from '../../config/regions';
import type { BackupManifest } from '../../registry/backups/backups';
import type { DatabaseTemplate } from '../../templates/template';
import type { Check } from '../port/check';
import type { Classify } from '../port/failures';
import type { ResourceKind, ResourceSecrets } from '../port/kind';
import { createCells } from './cells';
import { classifyPostgres } from './classify';
import { databaseKind } from './shares/database';
import { dumpShare } from './backup/dump';
import type { Share } from './backup/dump-session';
import { exportShare, type ExportedFile } from './backup/export';
import { appLoginKind, readonlyLoginKind, type LoginKind } from './logins/login';
import { ownerKind } from './logins/owner';
import { pooledShareKind } from './shares/pooled-share';
import { prepareCell } from './prepare';
import { restoreShare } from './backup/restore';
import type { RestoreInto } from './backup/restore-target';
import { schemaKind } from './shares/schema';
import { measureShare } from './shares/measure';
import { locateDatabase } from './residency';
import { prefixed } from './logins/secrets';
import { sqlFiles, type SqlFiles } from './shares/sql-files';
import type { DatabaseExpectation } from './verification/expectation';
import { verifyDatabase } from './verification/verify';

/** The tenants' databases of all regions. The spec of every kind is the template's `database` section. */
export interface Postgres {
  /** The only kind of `pooled` isolation. */
  pooledShare: ResourceKind<DatabaseTemplate>;
  /** `schema` isolation: owner, schema, login, read-only login, made in this order. `database` isolation has database instead of schema. */
  owner: ResourceKind<DatabaseTemplate>;
  schema: ResourceKind<DatabaseTemplate>;
  database: ResourceKind<DatabaseTemplate>;
  login: LoginKind;
  readonlyLogin: LoginKind;
  kinds: ResourceKind<DatabaseTemplate>[];
  classify: Classify;
  /** Resolves when every cell has answered; throws the client's error if one does not. */
  ping(signal: AbortSignal): Promise<void>;
  /**
   * Makes the objects that a cell's tenants share, in one region or in all. Run it before the first tenant; it is idempotent and safe to
   * run from several workers at once. Resolves with one sentence for each shared resource that a cell's owner has left unlimited.
   */
  prepare(region?: string): Promise<string[]>;
  /** The checks of step 9 on a tenant's database. */
  verifyDatabase(expected: DatabaseExpectation): Promise<Check[]>;
  /** Asks the server that holds a tenant's database for its identity, and checks that it is the cell's. */
  locate(expected: Omit<DatabaseExpectation, 'passwords'>): Promise<Check[]>;
  /** Bytes of a tenant's database on disk; undefined for a pooled tenant, see {@link measureShare}. */
  measure(share: Share): Promise<number | undefined>;
  /** Writes a consistent snapshot of a tenant's data to `out`, without ending the stream. */
  dump(share: Share, backupId: string, out: Writable): Promise<BackupManifest>;
  /**
   * Hands the files of a tenant's database to `add`, one after the other, from one consistent snapshot; see {@link exportShare}. Resolves
   * with the versions of what was read.
   */
  exportFiles(share: Share, add: (file: ExportedFile) => Promise<void>): ReturnType<typeof exportShare>;
  /**
   * Restores a dump and compares the result with its manifest. Throws `BackupUnusable` on any difference. The database is then left
   * unchanged, as it always is by a restore into a scratch tenant.
   */
  restore(
    share: Share,
    what: { backupId: string; into: RestoreInto },
    script: AsyncIterable<Buffer>,
  ): Promise<BackupManifest>;
  close(): Promise<void>;
}

/**
 * The database servers of the given regions, one or more cells each. `secrets` keeps the passwords that belong to no tenant, under names
 * `<region>/<cell>/…`: that of the application's login for pooled tenants and that of the probe tenant. `sql` defaults to the templates'
 * SQL; tests may pass their own. No connection is opened before the first call, and nothing is retried.
 */
export function createPostgres(
  regions: RegionSettings[],
  secrets: ResourceSecrets,
  sql: SqlFiles = sqlFiles(),
): Postgres {
  const cells = createCells(regions);
  const secretsOf = ({ region, cell }: { region: string; cell: string }): ResourceSecrets =>
    prefixed(secrets, `${region}/${cell}/`);
  const pooledShare = pooledShareKind(cells, secretsOf);
  const owner = ownerKind(cells);
  const schema = schemaKind(cells, sql);
  const database = databaseKind(cells, sql);
  const login = appLoginKind(cells);
  const readonlyLogin = readonlyLoginKind(cells);
  return {
    pooledShare,
    owner,
    schema,
    database,
    login,
    readonlyLogin,
    kinds: [pooledShare, owner, schema, database, login, readonlyLogin],
    classify: classifyPostgres,
    ping: async (signal) => {
      await Promise.all(
        cells.all().map((at) => {
          const place = { ...at, signal };
          return cells.run(place, cells.maintenanceDatabase(at), (client) => client.query('select 1'));
        }),
      );
    },
    prepare: async (region) => {
      const open = await Promise.all(
        cells
          .all()
          .filter((at) => region === undefined || at.region === region)
          .map((at) =>
            prepareCell({ cells, sql }, at, secretsOf(at), { pooled: pooledShare, schema: [owner, schema, login] }),
          ),
      );
      return open.flat();
    },
    verifyDatabase: (expected) => verifyDatabase(cells, expected, secretsOf(expected)),
    locate: (expected) => locateDatabase(cells, expected, secretsOf(expected)),
    measure: (share) => measureShare(cells, share),
    dump: (share, backupId, out) => dumpShare(cells, share, backupId, out),
    exportFiles: (share, add) => exportShare(cells, share, add),
    restore: (share, what, script) => restoreShare({ cells, sql }, share, what, script),
    close: () => cells.close(),
  };
}
