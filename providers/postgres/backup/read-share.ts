import { escapeLiteral, type ClientBase } from 'pg';
import type { BackupManifest } from '../../../registry/backups/backups';
import type { Cells } from '../cells';
import { asOwner, inShare, setPooledTenant, type Share, type ShareSession } from './dump-session';
import { readTables, rowsOf, TENANT_COLUMN, withoutAccess, type ShareTable } from './dump-tables';

/** A tenant's data on one consistent snapshot. */
export interface ShareReader {
  session: ShareSession;
  versions: Omit<BackupManifest, 'tables' | 'sequences'>;
  /** Each after the tables that it references. */
  tables: ShareTable[];
  /** SQL that reads the tenant's rows of a table, always in the same order. */
  rowsOf(table: ShareTable): string;
}

/** Runs `work` on a consistent snapshot of a tenant's data, as the owner of its tables. */
export function readShare<T>(cells: Cells, share: Share, work: (reader: ShareReader) => Promise<T>): Promise<T> {
  const { tenantId, isolation } = share;
  const shared = isolation === 'pooled';
  return inShare(cells, share, async (session) => {
    const { client, schema } = session;
    if (shared) await setPooledTenant(session, tenantId);
    return asOwner(session, async () => {
      const versions = { isolation, ...(await readVersions(client, schema)) };
      const all = await readTables(client, schema, shared);
      const tables = shared ? all.map(withoutAccess) : all;
      // The policies already hide other tenants' rows; the condition spares the server from reading other partitions.
      const where = shared ? `${TENANT_COLUMN} = ${escapeLiteral(tenantId)}` : undefined;
      return work({ session, versions, tables, rowsOf: (table) => rowsOf(schema, table, undefined, where) });
    });
  });
}

async function readVersions(client: ClientBase, schema: string): Promise<Omit<ShareReader['versions'], 'isolation'>> {
  const { rows } = await client.query<{ versions: (string | null)[] | null; serverVersion: string; takenAt: Date }>(
    `select regexp_match(obj_description($1::regnamespace, 'pg_namespace'), ' version=(\\d{4})(?: audit=(\\d{4}))?$') as versions,
       current_setting('server_version') as "serverVersion", now() as "takenAt"`,
    [schema],
  );
  const { versions, serverVersion, takenAt } = rows[0]!;
  const [schemaVersion, auditVersion] = versions ?? [];
  return {
    schemaVersion: schemaVersion ?? '',
    ...(typeof auditVersion === 'string' ? { auditVersion } : {}),
    serverVersion,
    takenAt: takenAt.toISOString(),
  };
}
