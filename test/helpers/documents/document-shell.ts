import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { read, ROOT } from '../../docs/documents';

/** What a block of commands printed. */
export type Printed = string[];

/** Tools documents use that are not on this machine. */
export function missingTools(names: readonly string[]): string[] {
  const folders = pathWithPostgres().split(':');
  return names.filter((name) => !folders.some((folder) => existsSync(join(folder, name))));
}

/** The shell blocks below a heading of a document, in their order; with `having`, only those with this text in them. */
export function shellBlocks(file: string, heading: string, having = ''): string[] {
  const [, below] = read(file).split(new RegExp(`^#+ ${heading}$`, 'm'));
  if (below === undefined) throw new Error(`${file} has no heading ${heading}.`);
  const section = below.split(/^## /m)[0]!;
  const blocks = [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);
  const wanted = blocks.filter((block) => block.includes(having));
  if (wanted.length === 0) throw new Error(`${file}, ${heading} has no block of shell with ${having}.`);
  return wanted;
}

/**
 * Runs a block as it is written, in a folder, but for programs that a build would have made, which are run from their source. Returns the lines
 * it printed; throws with them when a command fails.
 */
export async function runBlock(block: string, cwd: string, env: Record<string, string>): Promise<Printed> {
  const tsx = join(ROOT, 'node_modules/tsx/dist/loader.mjs');
  const script = block
    .replace(/^npm run build\n/m, '')
    .replaceAll('templates/sql/', `${ROOT}/templates/sql/`)
    .replaceAll(/\bnode dist\/([\w/-]+)\.js/g, `node --import ${tsx} ${ROOT}/$1.ts`);
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { ...env, PATH: pathWithPostgres(), HOME: cwd }, maxBuffer: 10_000_000 };
    execFile('bash', ['--norc', '-euo', 'pipefail', '-c', script], options, (error, stdout, stderr) => {
      if (error) reject(new Error(`${block}\nended with ${error.code}:\n${stdout}\n${stderr}`));
      else resolve(stdout.split('\n').filter((line) => line !== ''));
    });
  });
}

/** Where Debian keeps what is of one version of PostgreSQL, behind the usual folders. */
function pathWithPostgres(): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, 'bin')) : [];
  return [process.env['PATH'] ?? '', ...versions].join(':');
}
