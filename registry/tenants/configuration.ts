import type { FlagDefinitions } from '../../contract/flags/flags';
import type { Json } from '../../contract/orders/order';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import type { Queryable } from '../database';
import { cipherBeside, KEY_COLUMN, KEY_STANDS, tenantCipher, type KeyColumn } from '../keys/tenant-keys';

/** The sections that every tenant's configuration has. The application reads them. */
export const CONFIGURATION_SECTIONS = [
  'features',
  'modules',
  'settings',
  'branding',
  'integrations',
  'notifications',
  'reporting',
] as const;

/**
 * A tenant's configuration: one JSON value per section. `flags` holds the plan's feature flags with the choices of the order; tenants of
 * plans without flags, and those from before there were any, have no such section.
 */
export type Configuration = Record<(typeof CONFIGURATION_SECTIONS)[number], Json> & { flags?: FlagDefinitions };

interface SealedSection {
  version: number;
  section: keyof Configuration;
  ciphertext: Buffer;
  key: KeyColumn | null;
}

/** Writes a version of the configuration, all sections in one statement. A version that already exists stays as it is. */
export async function writeConfiguration(
  db: Queryable,
  keys: KeyWrapper,
  tenantId: string,
  version: number,
  configuration: Configuration,
): Promise<void> {
  for (let written = false; !written;) {
    const cipher = await tenantCipher(db, keys, tenantId);
    const sections = configuration.flags ? [...CONFIGURATION_SECTIONS, 'flags' as const] : CONFIGURATION_SECTIONS;
    const sealed = sections.map((section) =>
      cipher.seal(`configuration:${section}`, JSON.stringify(configuration[section])),
    );
    const { rowCount } = await db.query(
      `with ${KEY_STANDS}, written as (
         insert into configuration (tenant_id, version, section, ciphertext)
         select $1, $3, section, ciphertext from standing, unnest($4::text[], $5::bytea[]) as input (section, ciphertext)
         on conflict (tenant_id, version, section) do nothing
       )
       select from standing`,
      [tenantId, cipher.generation, version, sections, sealed],
    );
    written = rowCount === 1;
  }
}

/** The newest version of a tenant's configuration, or undefined. */
export async function readConfiguration(
  db: Queryable,
  keys: KeyWrapper,
  tenantId: string,
): Promise<{ version: number; configuration: Configuration } | undefined> {
  const { rows } = await db.query<SealedSection>(
    `select version, section, ciphertext, ${KEY_COLUMN} from configuration left join tenant_key using (tenant_id)
     where tenant_id = $1 and version = (select max(version) from configuration where tenant_id = $1)`,
    [tenantId],
  );
  if (rows.length === 0) return undefined;
  const cipher = await cipherBeside(keys, tenantId, rows[0]!.key);
  const sections = rows.map(({ section, ciphertext }) => [
    section,
    JSON.parse(cipher.open(`configuration:${section}`, ciphertext)) as Json,
  ]);
  return { version: rows[0]!.version, configuration: Object.fromEntries(sections) as Configuration };
}

/** Number of {@link CONFIGURATION_SECTIONS} that a tenant has in a version. */
export async function countSections(db: Queryable, tenantId: string, version: number): Promise<number> {
  const { rows } = await db.query<{ count: string }>(
    `select count(*) from configuration where tenant_id = $1 and version = $2 and section = any($3)`,
    [tenantId, version, CONFIGURATION_SECTIONS],
  );
  return Number(rows[0]!.count);
}

/** Deletes every version of a tenant's configuration. */
export async function deleteConfiguration(db: Queryable, tenantId: string): Promise<void> {
  await db.query(`delete from configuration where tenant_id = $1`, [tenantId]);
}
