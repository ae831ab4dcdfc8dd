import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { transform } from '@swc/core';
import { DefaultLogger } from '@temporalio/worker';
import { bundleWorkflows } from '../../workflow-bundle';

const ROOT = path.resolve(__dirname, '../..');

/** Everything that API, worker and commands load from this checkout. */
const PRODUCT = [
  ...['worker.ts', 'workflow-bundle.ts', 'package.json', 'worker', 'api', 'cli', 'activities', 'clients', 'config'],
  ...['contract', 'metrics', 'providers', 'registry', 'templates', 'tracing', 'workflows'],
];

/** Everything that the workflow bundle is made of. */
const WORKFLOWS = ['workflows', 'contract', 'workflow-bundle.ts', 'package-lock.json'];

/** Everything that the console is made of. */
const CONSOLE = ['console', 'clients/typescript', 'contract', 'package-lock.json'];

/** How many builds of each sort are kept: those of a few branches and of the last edits. */
const KEPT = 5;

/**
 * Folder with the product as JavaScript, which starts in a quarter of the time that TypeScript takes. Types are not checked. Built once for
 * each state of the sources; all processes of this checkout share it.
 */
export function builtProduct(): Promise<string> {
  return once('products', PRODUCT, async (files, draft) => {
    await Promise.all(
      files.map(async (file) => {
        const from = path.join(ROOT, file);
        const to = path.join(draft, file);
        mkdirSync(path.dirname(to), { recursive: true });
        if (!file.endsWith('.ts')) return copyFileSync(from, to);
        const { code } = await transform(readFileSync(from, 'utf8'), {
          filename: from,
          swcrc: false,
          jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
          module: { type: 'commonjs' },
        });
        writeFileSync(to.replace(/\.ts$/, '.js'), code);
      }),
    );
  });
}

/** Path of the workflow bundle. Built once for each state of the sources; all workers and tests of this checkout share it. */
export async function workflowBundleFile(): Promise<string> {
  const folder = await once('bundles', WORKFLOWS, async (_files, draft) => {
    const { code } = await bundleWorkflows(new DefaultLogger('ERROR'), { root: ROOT });
    writeFileSync(path.join(draft, 'workflows.js'), code);
  });
  return path.join(folder, 'workflows.js');
}

/** Where the console is built to, for the present state of the sources. The folder need not exist yet. */
export function consoleFolder(): string {
  return path.join(ROOT, '.local', 'consoles', hashOf(CONSOLE.flatMap(filesOf)));
}

/** Builds the console to {@link consoleFolder}, once for each state of the sources, in a process of its own: it takes some seconds. */
export async function builtConsole(): Promise<string> {
  return once('consoles', CONSOLE, async (_files, draft) => {
    // Several processes may build at once, each into a folder of its own.
    const args = ['build', '--config', 'console/vite.config.mts', '--logLevel', 'error', '--emptyOutDir'];
    const vite = path.join(path.dirname(require.resolve('vite/package.json')), 'bin/vite.js');
    await promisify(execFile)(process.execPath, [vite, ...args, '--outDir', draft], { cwd: ROOT });
  });
}

const builds = new Map<string, Promise<string>>();

/** The folder that `build` has filled for the present state of the sources, in this process or another. */
function once(
  what: string,
  sources: readonly string[],
  build: (files: string[], draft: string) => Promise<void>,
): Promise<string> {
  const built = builds.get(what) ?? buildUnlessBuilt(path.join(ROOT, '.local', what), sources, build);
  builds.set(what, built);
  return built;
}

async function buildUnlessBuilt(
  folder: string,
  sources: readonly string[],
  build: (files: string[], draft: string) => Promise<void>,
): Promise<string> {
  const files = sources.flatMap((source) => filesOf(source));
  const target = path.join(folder, hashOf(files));
  if (!existsSync(target)) {
    const draft = `${target}.${process.pid}.${randomBytes(3).toString('hex')}`;
    mkdirSync(draft, { recursive: true });
    await build(files, draft);
    // Another process may have been quicker; its build is the same.
    if (existsSync(target)) rmSync(draft, { recursive: true });
    else renameSync(draft, target);
    forgetOld(folder);
  }
  const now = new Date();
  utimesSync(target, now, now);
  return target;
}

/** Removes all but the builds that were used last. Nobody still starts from one that is older. */
function forgetOld(folder: string): void {
  const byUse = readdirSync(folder)
    .map((name) => path.join(folder, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const old of byUse.slice(KEPT)) rmSync(old, { recursive: true, force: true });
}

function filesOf(source: string): string[] {
  if (!statSync(path.join(ROOT, source)).isDirectory()) return [source];
  return readdirSync(path.join(ROOT, source), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)))
    .sort();
}

function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(ROOT, file)))
      .update('\0');
  return hash.digest('hex').slice(0, 16);
}
