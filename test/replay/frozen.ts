import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../..');

/** Where recorded histories lie, a folder a release. */
export const HISTORIES = path.join(__dirname, 'histories');

/** In the format of sha256sum. */
export const SUMS = path.join(HISTORIES, 'SHA256SUMS');

/** The release this working copy becomes. */
export function version(): string {
  return (JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}

/** Releases with histories, and the names of those. */
export function recorded(folder = HISTORIES): { release: string; name: string }[] {
  const releases = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return releases.flatMap(({ name: release }) =>
    readdirSync(path.join(folder, release)).map((file) => ({ release, name: path.parse(file).name })),
  );
}

/** The sums of all recorded histories. */
export function sums(folder = HISTORIES): string {
  const lines = recorded(folder).map(({ release, name }) => {
    const file = `${release}/${name}.json`;
    const sum = createHash('sha256')
      .update(readFileSync(path.join(folder, file)))
      .digest('hex');
    return `${sum}  ${file}\n`;
  });
  return lines.sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1)).join('');
}

/** Whether git knows this release by its tag; undefined where git cannot be asked. */
export function isReleased(release: string): boolean | undefined {
  if (!existsSync(path.join(ROOT, '.git'))) return undefined;
  return git('rev-parse', '--verify', '--quiet', `refs/tags/v${release}`) === 0;
}

/** Whether the histories of a released version are what they were at its tag. */
export function isAsReleased(release: string): boolean {
  return git('diff', '--quiet', `v${release}`, '--', path.join(HISTORIES, release)) === 0;
}

function git(...args: string[]): number | null {
  return spawnSync('git', args, { cwd: ROOT, stdio: 'ignore' }).status;
}
