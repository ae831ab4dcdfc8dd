import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EQUIVALENT } from '../test/mutation/equivalent';
import type { Explained } from '../test/mutation/explained';
import { MODULES } from '../test/mutation/modules';
import { SURVIVORS } from '../test/mutation/survivors';

/** Figures recorded by `npm run test:mutation -- --record`. */
export const MUTATION_FILE = join(__dirname, '../docs/figures/mutation.json');

/** Results of mutating one file. */
export interface FileScore {
  noticed: number;
  /** All mutants except equivalent ones. */
  counted: number;
  equivalent: number;
  date: string;
  commit: string;
  /** Hash of the file, so that a later change is noticed. Absent: the figures may be of any earlier version. */
  source?: string;
}

/** The recorded figures by file. */
export function mutationFigures(): Record<string, FileScore> {
  return existsSync(MUTATION_FILE)
    ? (JSON.parse(readFileSync(MUTATION_FILE, 'utf8')) as Record<string, FileScore>)
    : {};
}

/** The recorded figures, one row per file. Files of the mutation test that have none come last. */
export function mutationTable(): [head: string[], rows: string[][]] {
  const kept = mutationFigures();
  const unmeasured = MODULES.flatMap(({ files }) => files).filter((file) => !(file in kept));
  return [
    ['file', 'noticed', 'of', 'per cent', 'equivalent', 'date', 'commit'],
    [
      ...Object.entries(kept).map(([file, { noticed, counted, equivalent, date, commit, source }]) => [
        ...[code(file), String(noticed), String(counted)],
        ...[((100 * noticed) / Math.max(counted, 1)).toFixed(1), String(equivalent), date],
        source === undefined ? 'unknown' : commit,
      ]),
      ...unmeasured.map((file) => [code(file), ...Array<string>(4).fill('–'), 'not recorded yet', '–']),
    ],
  ];
}

/** Every mutant that no fast test notices, with the reason. */
export function survivorsTable(): [head: string[], rows: string[][]] {
  return explainedTable('why no fast test notices it', SURVIVORS);
}

/** Every mutant that changes nothing observable, with the reason. */
export function equivalentTable(): [head: string[], rows: string[][]] {
  return explainedTable('why it changes nothing', EQUIVALENT);
}

function explainedTable(why: string, listed: readonly Explained[]): [head: string[], rows: string[][]] {
  return [
    ['file', 'original', 'changed to', why],
    [...listed]
      .sort((one, other) => (one.file < other.file ? -1 : one.file > other.file ? 1 : 0))
      .map(({ file, original, replacement, on, reason }) => [
        ...[code(file), on === undefined ? code(original) : `${code(original)} on the line of ${code(on)}`],
        ...[code(replacement), reason],
      ]),
  ];
}

/** Some of the texts contain back-ticks themselves. */
function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}
