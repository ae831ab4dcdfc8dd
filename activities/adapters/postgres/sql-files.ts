import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { escapeIdentifier, escapeLiteral } from 'pg';

const ROOT = join(__dirname, '../../../templates/sql');

/** Which SQL: of a tenant's own schema, or of the tables pooled tenants share. */
export type SqlSet = 'tenant' | 'pool';

/** The versions there are, oldest first, for instance `['0001']`. */
export function sqlVersions(set: SqlSet): string[] {
  return readdirSync(join(ROOT, set))
    .map((file) => /^(\d{4})\.sql$/.exec(file)?.[1])
    .filter((version) => version !== undefined)
    .sort();
}

const files = new Map<string, string>();

/**
 * The SQL that leads from version `after` (exclusive; undefined for nothing) to `version`, with its variables filled in. Throws when
 * there is no such version or a variable has no value.
 */
export function loadSql(set: SqlSet, version: string, variables: Record<string, string>, after?: string): string {
  const versions = sqlVersions(set);
  if (!versions.includes(version))
    throw new Error(`There is no templates/sql/${set}/${version}.sql; there is ${versions.join(', ')}.`);
  return versions
    .filter((entry) => entry <= version && (after === undefined || entry > after))
    .map((entry) => fillIn(read(join(ROOT, set, `${entry}.sql`)), variables))
    .join('\n');
}

/** Replaces psql's `:"name"` by a quoted identifier and `:'name'` by a quoted literal. */
export function fillIn(sql: string, variables: Record<string, string>): string {
  return sql.replace(/(?<!:):(["'])([a-z_]+)\1/g, (_, quote: string, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`The SQL needs the variable ${name}, which has no value.`);
    return quote === '"' ? escapeIdentifier(value) : escapeLiteral(value);
  });
}

function read(path: string): string {
  const text = files.get(path) ?? readFileSync(path, 'utf8');
  files.set(path, text);
  return text;
}
