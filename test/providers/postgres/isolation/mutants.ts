import type { SqlSet } from '../../../../providers/postgres/shares/sql-files';

/** SQL from which one protection of tenants has been removed. */
export interface Mutant {
  set: SqlSet;
  version: string;
  /** The missing part, in one line. */
  without: string;
  sql: string;
}

/** A removal that is applied wherever it matches: the match is replaced. */
interface Mutator {
  find: RegExp;
  replace: string;
  /** Prefix of the match in the mutant's title. */
  title?: string;
}

const MUTATORS: Mutator[] = [
  // Whole statements, at the left margin or executed inside a loop.
  { find: /^(?:grant|revoke|create policy|create trigger)\b[^;]*?;$/gm, replace: '' },
  { find: /^alter table [^;]*row level security;$/gm, replace: '' },
  { find: /^ +execute format\((?:(?!create table)[^;])*?\);$/gm, replace: '' },
  // Parts of statements.
  { find: /enable row level security, /g, replace: '' },
  { find: /, force row level security/g, replace: '' },
  { find: / as restrictive/g, replace: '' },
  { find: /(?<=^create policy .*) to :"owner"/gm, replace: '' },
  { find: / with check \(true\)/g, replace: '' },
  { find: /^ *security definer\n/gm, replace: '' },
  { find: /^ *set search_path = .*\n/gm, replace: '' },
];

/** Conditions of policies are loosened instead of removed, because a policy without a check uses its condition as check. */
const CONDITION = /\b(using|with check) \(/g;

/** Every mutant of a file of SQL. */
export function mutantsOf(set: SqlSet, version: string, sql: string): Mutant[] {
  const mutants = new Map<string, string>();
  const add = (without: string, mutant: string): void => {
    const line = without.replace(/\s+/g, ' ').trim();
    if (mutant !== sql) mutants.set(uniqueIn(mutants, line), mutant);
  };
  for (const { find, replace } of MUTATORS)
    for (const match of sql.matchAll(find)) add(match[0], spliced(sql, match.index, match[0].length, replace));
  for (const match of sql.matchAll(CONDITION)) {
    const begin = match.index + match[0].length;
    const end = closing(sql, begin);
    if (sql.slice(begin, end) !== 'true')
      add(`the condition of ${lineAt(sql, match.index)}, ${match[1]!}`, spliced(sql, begin, end - begin, 'true'));
  }
  for (const [without, mutant] of shortenedGrants(sql)) add(without, mutant);
  return [...mutants].map(([without, mutant]) => ({ set, version, without, sql: mutant }));
}

/** Grants without one of their privileges or tables. */
function* shortenedGrants(sql: string): Iterable<[string, string]> {
  for (const match of sql.matchAll(/^grant (.+?) on (?!schema)(.+?) to /gm)) {
    const [statement, privileges = '', tables = ''] = match;
    for (const [list, what] of [
      [privileges, 'privilege'],
      [tables, 'table'],
    ] as const) {
      const entries = list.split(', ');
      if (entries.length === 1) continue;
      for (const entry of entries) {
        const rest = entries.filter((other) => other !== entry).join(', ');
        const mutant = spliced(sql, match.index, statement.length, statement.replace(list, rest));
        yield [`the ${what} ${entry} of ${statement}`, mutant];
      }
    }
  }
}

function spliced(text: string, begin: number, length: number, replacement: string): string {
  return text.slice(0, begin) + replacement + text.slice(begin + length);
}

/** Position of the parenthesis that closes the one opened before `begin`. */
function closing(text: string, begin: number): number {
  let depth = 1;
  let at = begin;
  for (; depth > 0; at += 1) depth += text[at] === '(' ? 1 : text[at] === ')' ? -1 : 0;
  return at - 1;
}

function lineAt(text: string, index: number): string {
  const begin = text.lastIndexOf('\n', index) + 1;
  return text.slice(begin, text.indexOf('\n', index)).trim().slice(0, 60);
}

function uniqueIn(known: Map<string, string>, title: string): string {
  let result = title;
  for (let count = 2; known.has(result); count += 1) result = `${title} (${count})`;
  return result;
}
