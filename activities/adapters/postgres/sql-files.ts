import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { escapeIdentifier, escapeLiteral } from 'pg';

const TEMPLATES = join(__dirname, '../../../templates/sql');

/** Which SQL: of a tenant's own schema, of the audit trail in it, or of the tables pooled tenants share. */
export type SqlSet = 'tenant' | 'audit' | 'pool';

/** The versions of the templates' SQL. */
export interface SqlFiles {
  /** Those there are, oldest first, for instance `['0001']`. */
  versions(set: SqlSet): string[];
  /** The last of {@link versions}. */
  newest(set: SqlSet): string;
  /**
   * The SQL that leads from version `after` (exclusive; undefined for nothing) to `version`, with its variables filled in. Throws when
   * there is no such version or a variable has no value.
   */
  load(set: SqlSet, version: string, variables: Record<string, string>, after?: string): string;
}

/** The SQL below a folder, which has one a set. A file is read once: a version never changes. */
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
        throw new Error(`There is no templates/sql/${set}/${version}.sql; there is ${all.join(', ')}.`);
      return all
        .filter((entry) => entry <= version && (after === undefined || entry > after))
        .map((entry) => fillIn(read(join(root, set, `${entry}.sql`)), variables))
        .join('\n');
    },
  };
}

/** Replaces psql's `:"name"` by a quoted identifier and `:'name'` by a quoted literal. */
export function fillIn(sql: string, variables: Record<string, string>): string {
  return sql.replace(/(?<!:):(["'])([a-z_]+)\1/g, (_, quote: string, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`The SQL needs the variable ${name}, which has no value.`);
    return quote === '"' ? escapeIdentifier(value) : escapeLiteral(value);
  });
}
