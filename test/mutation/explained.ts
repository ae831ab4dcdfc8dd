import type { Mutant } from './copy';

/** A mutant that no test has to notice, or can, with the reason. */
export interface Explained {
  file: string;
  /** The text that is changed, on one line. */
  original: string;
  replacement: string;
  /** Part of the line on which the text begins, if the reason does not hold wherever the file has the text. */
  on: string | undefined;
  reason: string;
}

/** Mutants of a file that share a reason. */
export const at = (
  file: string,
  reason: string,
  ...changes: [original: string, replacement: string, on?: string][]
): Explained[] => changes.map(([original, replacement, on]) => ({ file, original, replacement, on, reason }));

/** What identifies a mutant. */
export type Change = Pick<Mutant, 'file' | 'original' | 'replacement' | 'text'>;

export function explains({ file, original, replacement, on = '' }: Explained, mutant: Change): boolean {
  const same = mutant.file === file && mutant.original === original && mutant.replacement === replacement;
  return same && mutant.text.includes(on);
}

/** How the mutants that no test noticed differ from the listed ones. */
export interface Differences<T extends Change> {
  /** Neither noticed nor listed. */
  unlisted: T[];
  /** Listed, but noticed by now, or no longer a mutant. */
  stale: Explained[];
}

/**
 * Compares the survivors of the given files with the list. A change that survives at several places of a file is listed once for each of them,
 * so that a new survivor cannot hide behind an old one.
 */
export function compareSurvivors<T extends Change>(
  files: readonly string[],
  survivors: readonly T[],
  listed: readonly Explained[],
): Differences<T> {
  const left = listed.filter(({ file }) => files.includes(file));
  const unlisted = survivors.filter((survivor) => {
    const index = left.findIndex((each) => explains(each, survivor));
    if (index !== -1) left.splice(index, 1);
    return index === -1;
  });
  return { unlisted, stale: left };
}
