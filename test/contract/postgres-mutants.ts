import type { SqlSet } from '../../activities/adapters/postgres/sql-files';

/** SQL from which one thing that protects tenants was taken away. */
export interface Mutant {
  set: SqlSet;
  /** What is missing, in one line. */
  without: string;
  sql: string;
}

/** How something is taken away wherever it occurs: the match is replaced. */
interface Mutator {
  find: RegExp;
  replace: string;
  /** Before what was found, in the mutant's title. */
  title?: string;
}

const MUTATORS: Mutator[] = [
  // Whole statements, at the left margin or executed inside a loop.
  { find: /^(?:grant|revoke|create policy|create trigger)\b[^;]*?;$/gm, replace: '' },
  { find: /^alter table [^;]*row level security;$/gm, replace: '' },
  { find: /^ +execute format\((?:(?!create table)[^;])*?\);$/gm, replace: '' },
  // Parts of them.
  { find: /enable row level security, /g, replace: '' },
  { find: /, force row level security/g, replace: '' },
  { find: /(?<=^create policy .*) to :"owner"/gm, replace: '' },
  { find: / with check \(true\)/g, replace: '' },
  { find: /^ *security definer\n/gm, replace: '' },
  { find: /^ *set search_path = .*\n/gm, replace: '' },
];

/** Conditions of policies, which are loosened rather than removed: a policy without a check uses what it shows instead. */
const CONDITION = /\b(using|with check) \(/g;

/** Every mutant of a file of SQL. */
export function mutantsOf(set: SqlSet, sql: string): Mutant[] {
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
  return [...mutants].map(([without, mutant]) => ({ set, without, sql: mutant }));
}

/** Grants that lack one privilege or one table. */
function* shortenedGrants(sql: string): Iterable<[string, string]> {
  for (const match of sql.matchAll(/^grant (.+?) on (?!schema)(.+?) to /gm)) {
    const [statement, privileges, tables] = match as unknown as [string, string, string];
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

/** Where the parenthesis that was opened before `begin` is closed. */
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
