import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../../..');
const LEFT_OUT = ['node_modules', '.git', '.local', 'dist', 'coverage'];

/** A copy of the project, or of some of its folders, for a test that changes the code. */
export interface ProjectCopy {
  directory: string;
  /** Also called when this process exits. */
  remove(): void;
}

/**
 * Copies the given folders; by default all of the project except generated files and dependencies. The copy is inside `.local`, so Node finds
 * the dependencies without a link: deleting the copy, or installing into it, cannot damage them.
 */
export function copyProject(
  name: string,
  entries = readdirSync(ROOT).filter((entry) => !LEFT_OUT.includes(entry)),
): ProjectCopy {
  mkdirSync(path.join(ROOT, '.local'), { recursive: true });
  const directory = mkdtempSync(path.join(ROOT, '.local', `${name}-`));
  const remove = (): void => {
    process.removeListener('exit', remove);
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', remove);
  for (const entry of entries) cpSync(path.join(ROOT, entry), path.join(directory, entry), { recursive: true });
  return { directory, remove };
}

/** Rewrites one file of a copy. */
export function edit({ directory }: Pick<ProjectCopy, 'directory'>, file: string, change: (source: string) => string) {
  const name = path.join(directory, file);
  writeFileSync(name, change(readFileSync(name, 'utf8')));
}

/** Throws unless the text occurs exactly once: the code that the replacement was written for has changed. */
export function replaceOnce(source: string, text: string, instead: string, file = 'the file'): string {
  const parts = source.split(text);
  if (parts.length !== 2) throw new Error(`expected exactly once in ${file}, found ${parts.length - 1} times: ${text}`);
  return parts.join(instead);
}
