import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { escapeIdentifier, escapeLiteral } from 'pg';

const TEMPLATES = join(__dirname, '../../../templates/sql');

/** Set of SQL files: for a tenant's own schema, for the audit trail in it, or for the tables that pooled tenants share. */
export type SqlSet = 'tenant' | 'audit' | 'pool';

/** The templates' SQL, by version. */
export interface SqlFiles {
  /** All versions, oldest first, e.g. `['0001']`. */
  versions(set: SqlSet): string[];
  /** The newest of {@link versions}. */
  newest(set: SqlSet): string;
  /**
   * The SQL that upgrades from version `after` (undefined: from nothing) to `version`, with its variables filled in. Throws if `version`
   * does not exist or a variable has no value.
   */
  load(set: SqlSet, version: string, variables: Record<string, string>, after?: string): string;
}

/** Reads the SQL in `root`, which has one folder per set. Files are cached, because a version never changes. */
export function sqlFiles(root: string = TEMPLATES): SqlFiles {
  const texts = new Map<string, string>();
  const read = (path: string): string => {
    const text = texts.get(path) ?? readFileSync(path, 'utf8');
    texts.set(path, text);
    return text;
  };
  const versions = (set: SqlSet): string[] =>
    readdirSync(join(root, set))
      .map((file) => /^(\d{4})\.sql$/.exec(file)?.[1])
      .filter((version) => version !== undefined)
      .sort();
  return {
    versions,
    newest: (set) => versions(set).at(-1)!,
    load: (set, version, variables, after) => {
      const all = versions(set);
      if (!all.includes(version))
        throw new Error(
          `File templates/sql/${set}/${version}.sql does not exist. Available versions: ${all.join(', ')}.`,
        );
      return all
        .filter((entry) => entry <= version && (after === undefined || entry > after))
        .map((entry) => fillIn(read(join(root, set, `${entry}.sql`)), variables))
        .join('\n');
    },
  };
}

/** Replaces psql variables: `:"name"` by a quoted identifier and `:'name'` by a quoted literal. */
export function fillIn(sql: string, variables: Record<string, string>): string {
  return sql.replace(/(?<!:):(["'])([a-z_]+)\1/g, (_, quote: string, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`Variable ${name} of the SQL has no value.`);
    return quote === '"' ? escapeIdentifier(value) : escapeLiteral(value);
  });
}
