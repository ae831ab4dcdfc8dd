import type { Writable } from 'node:stream';
import type { RegionSettings } from '../../../config/regions';
import type { BackupManifest } from '../../../registry/backups';
import type { DatabaseTemplate } from '../../../templates/template';
import type { Check } from '../../check';
import type { Classify } from '../../failures';
import type { ResourceKind, ResourceSecrets } from '../../kind';
import { createCells } from './cells';
import { classifyPostgres } from './classify';
import { databaseKind } from './database';
import { dumpShare } from './dump';
import type { Share } from './dump-session';
import { appLoginKind, readonlyLoginKind, type LoginKind } from './login';
import { ownerKind } from './owner';
import { pooledShareKind } from './pooled-share';
import { prepareCell } from './prepare';
import { restoreShare } from './restore';
import type { RestoreInto } from './restore-target';
import { schemaKind } from './schema';
import { locateDatabase } from './residency';
import { prefixed } from './secrets';
import { sqlFiles, type SqlFiles } from './sql-files';
import { verifyDatabase, type DatabaseExpectation } from './verify';

/** The tenants' databases of all regions. The spec of every kind is the template's `database` section. */
export interface Postgres {
  /** `pooled` isolation is this one kind. */
  pooledShare: ResourceKind<DatabaseTemplate>;
  /** `schema` isolation: owner, schema, login, readonly – made in this order. `database` isolation: database in place of schema. */
  owner: ResourceKind<DatabaseTemplate>;
  schema: ResourceKind<DatabaseTemplate>;
  database: ResourceKind<DatabaseTemplate>;
  login: LoginKind;
  readonlyLogin: LoginKind;
  kinds: ResourceKind<DatabaseTemplate>[];
  classify: Classify;
  /** Resolves when every cell answers; throws what the client throws. */
  ping(signal: AbortSignal): Promise<void>;
  /** Makes what the tenants of each cell share. Idempotent, safe for several workers at once. Run it before the first tenant. Without a region: everywhere. Resolves with what a cell's owner has left for one tenant to use up, in sentences. */
  prepare(region?: string): Promise<string[]>;
  /** What step 9 asks of a tenant's database. */
  verifyDatabase(expected: DatabaseExpectation): Promise<Check[]>;
  /** Which server a tenant's database lies on, by its own word. */
  locate(expected: Omit<DatabaseExpectation, 'passwords'>): Promise<Check[]>;
  /** Writes what a tenant has in its database, as it was at one moment, to `out`, which it does not end. */
  dump(share: Share, backupId: string, out: Writable): Promise<BackupManifest>;
  /** Restores a dump, compares, and throws `BackupUnusable` where something differs: then, and after a scratch tenant, everything is as before. */
  restore(
    share: Share,
    what: { backupId: string; into: RestoreInto },
    script: AsyncIterable<Buffer>,
  ): Promise<BackupManifest>;
  close(): Promise<void>;
}

/**
 * The database servers of the regions given, one or more cells each. `secrets` keeps the passwords that no tenant owns: of the application's
 * login for pooled tenants, and of the probe tenant's; named `<region>/<cell>/…`. Nothing is sent before the first call; nothing is retried.
 * `sql` is the templates' unless a test has its own.
 */
export function createPostgres(
  regions: RegionSettings[],
  secrets: ResourceSecrets,
  sql: SqlFiles = sqlFiles(),
): Postgres {
  const cells = createCells(regions);
  const pooledShare = pooledShareKind(cells);
  const owner = ownerKind(cells);
  const schema = schemaKind(cells, sql);
  const database = databaseKind(cells, sql);
  const login = appLoginKind(cells);
  const readonlyLogin = readonlyLoginKind(cells);
  const secretsOf = ({ region, cell }: { region: string; cell: string }): ResourceSecrets =>
    prefixed(secrets, `${region}/${cell}/`);
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
    dump: (share, backupId, out) => dumpShare(cells, share, backupId, out),
    restore: (share, what, script) => restoreShare({ cells, sql }, share, what, script),
    close: () => cells.close(),
  };
}
