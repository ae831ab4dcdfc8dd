import { withSetting, type FlagDefinitions, type FlagSetting } from '../../contract/flags/flags';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import { maybeOne, type Queryable } from '../database';
import { cipherBeside, KEY_COLUMN, type KeyColumn } from '../keys/tenant-keys';
import { readConfiguration } from '../tenants/configuration';

/** What is encrypted of a change. */
export interface SealedChange {
  /** Null: the flag is as the plan and the order have it again. */
  setting: FlagSetting | null;
  reason: string;
}

/** The newest change of a flag. */
export interface FlagChange extends SealedChange {
  flag: string;
  changedBy: string;
  changedAt: Date;
}

/** A tenant's flags. */
export interface TenantFlags {
  /** As the plan and the order have them. */
  ordered: FlagDefinitions;
  /** The newest change of each flag that was ever changed. */
  changes: FlagChange[];
}

/** What a change is sealed as. */
export function flagContext(flag: string): string {
  return `flag:${flag}`;
}

/**
 * Text that differs whenever the tenant's flags may differ from before. Costs two look-ups in an index, so that every evaluation can ask.
 */
export async function readFlagRevision(db: Queryable, tenantId: string): Promise<string> {
  const row = await maybeOne<{ configuration: number | null; changes: string | null }>(
    db,
    `select (select max(version) from configuration where tenant_id = $1) as configuration,
       (select max(revision) from feature_flag_change where tenant_id = $1) as changes`,
    [tenantId],
  );
  return `${row?.configuration ?? 0}.${row?.changes ?? 0}`;
}

/** A tenant's flags; none if its plan has none. Throws `TenantKeyDestroyed` and `KeysUnavailable`. */
export async function readFlags(db: Queryable, keys: KeyWrapper, tenantId: string): Promise<TenantFlags> {
  const [ordered, changes] = await Promise.all([readOrderedFlags(db, keys, tenantId), readChanges(db, keys, tenantId)]);
  return { ordered, changes };
}

/** A tenant's flags as its plan and its order have them, without later changes. Throws like {@link readFlags}. */
export async function readOrderedFlags(db: Queryable, keys: KeyWrapper, tenantId: string): Promise<FlagDefinitions> {
  return (await readConfiguration(db, keys, tenantId))?.configuration.flags ?? {};
}

/** A tenant's flags as they are evaluated: as ordered, with the changes since. Throws like {@link readFlags}. */
export async function readEffectiveFlags(db: Queryable, keys: KeyWrapper, tenantId: string): Promise<FlagDefinitions> {
  const { ordered, changes } = await readFlags(db, keys, tenantId);
  const settings = new Map(changes.map(({ flag, setting }) => [flag, setting]));
  return Object.fromEntries(
    Object.entries(ordered).map(([key, flag]) => [key, withSetting(flag, settings.get(key))] as const),
  );
}

async function readChanges(db: Queryable, keys: KeyWrapper, tenantId: string): Promise<FlagChange[]> {
  const { rows } = await db.query<Omit<FlagChange, keyof SealedChange> & { ciphertext: Buffer; key: KeyColumn | null }>(
    `select flag, ciphertext, changed_by as "changedBy", changed_at as "changedAt", ${KEY_COLUMN}
     from feature_flag_change left join tenant_key using (tenant_id) where tenant_id = $1 order by flag`,
    [tenantId],
  );
  if (rows.length === 0) return [];
  const cipher = await cipherBeside(keys, tenantId, rows[0]!.key);
  return rows.map(({ ciphertext, key: _, ...change }) => ({
    ...change,
    ...(JSON.parse(cipher.open(flagContext(change.flag), ciphertext)) as SealedChange),
  }));
}
