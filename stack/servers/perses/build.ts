import { cpSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cached, platformKey } from '../../fetching/cache';
import { findGo } from '../../fetching/go';
import type { FetchOptions } from '../../fetching/sources';
import { runTool } from '../../processes/tool';

const VERSION = 'v0.54.0';
const MODULE = `github.com/perses/perses@${VERSION}`;
/** Its own go.sum pins the modules that it requires. */
const SUM = 'h1:zfq0wkyjRPs1Em76PdTfWyzdPZKGyJDzo7QqxiBTkz0=';

const ENVIRONMENT = { CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };

/** The module lacks the pages, and the file that embeds them. */
const NO_PAGES = `package ui

import "embed"

//go:embed app/dist
var embedFS embed.FS
`;

/**
 * The dashboard server Perses without its pages, whose API is whole: https://perses.dev. Built once from its Go module, which takes about
 * 400 seconds of CPU and 2 GB of disk space. Throws `ServerUnavailable` if there is no Go and none can be fetched.
 */
export async function findPerses(options: Omit<FetchOptions, 'into'> = {}): Promise<string> {
  const dir = await cached(platformKey('perses', VERSION), (into) => build({ ...options, into }), {
    signal: options.signal,
  });
  return join(dir, 'perses');
}

async function build({ into, onProgress, signal }: FetchOptions): Promise<void> {
  const go = await findGo({ signal, ...(onProgress && { onProgress }) });
  onProgress?.(`the module of Perses ${VERSION}`);
  const downloaded = await runTool(go, ['mod', 'download', '-json', MODULE], { env: ENVIRONMENT, signal });
  const { Dir: module, Sum: sum } = JSON.parse(downloaded) as { Dir: string; Sum: string };
  if (sum !== SUM) throw new Error(`${MODULE} WAS REFUSED: its checksum is ${sum}, but ${SUM} is expected.`);
  const source = await mkdtemp(join(tmpdir(), 'perses-'));
  try {
    cpSync(module, source, { recursive: true });
    await addPages(join(source, 'ui'));
    let packages = 0;
    const onLine = (line: string): void => {
      if (/^\S+\/\S+$/.test(line) && ++packages % 25 === 0) onProgress?.(`${packages} packages compiled`);
    };
    const flags = ['-v', '-mod=readonly', '-trimpath', '-ldflags=-s -w'];
    const target = ['-o', join(into, 'perses'), './cmd/perses'];
    await runTool(go, ['build', ...flags, ...target], { cwd: source, env: ENVIRONMENT, onLine, signal });
  } finally {
    await rm(source, { recursive: true, force: true });
  }
}

async function addPages(ui: string): Promise<void> {
  // Go keeps modules read-only.
  for (const { parentPath } of await readdir(join(ui, '..'), { recursive: true, withFileTypes: true }))
    await chmod(parentPath, 0o755);
  await mkdir(join(ui, 'app/dist'), { recursive: true });
  await writeFile(
    join(ui, 'app/dist/index.html'),
    '<!doctype html><title>Perses</title><p>Only the API is here.</p>\n',
  );
  await writeFile(join(ui, 'embed.go'), NO_PAGES);
}
