import { spawnSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from '../../stack/cache';
import { runTool } from '../../stack/tool';

const VERSION = '2.0.2';

// Its own start script names the folder it was installed in, which is another one afterwards.
const START = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
PYTHONPATH="$here/lib" PYTHONDONTWRITEBYTECODE=1 exec python3 -m S3Scanner "$@"
`;

/** Why S3Scanner cannot run here, in words; undefined when it can. */
export function s3ScannerMissing(): string | undefined {
  const pip = spawnSync('python3', ['-m', 'pip', '--version']);
  return pip.status === 0 ? undefined : 'S3Scanner needs python3 with pip (Debian: apt-get install python3-pip)';
}

/** The command, from the project's cache; the first time it is fetched from the Python package index (about half a minute). */
export async function s3Scanner(): Promise<string> {
  const python = spawnSync('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']).stdout.toString();
  const dir = await cached(
    `s3scanner-${VERSION}-python${python.trim()}-${process.platform}-${process.arch}`,
    async (into) => {
      await mkdir(join(into, 'lib'));
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', join(into, 'lib')];
      await runTool('python3', [...pip, `s3scanner==${VERSION}`]);
      await writeFile(join(into, 's3scanner'), START);
      await chmod(join(into, 's3scanner'), 0o755);
    },
  );
  return join(dir, 's3scanner');
}
