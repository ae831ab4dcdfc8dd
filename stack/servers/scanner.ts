import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir, cached } from '../fetching/cache';
import type { StartServer } from '../processes/context';
import { pipInstall, pythonKey } from '../fetching/python';
import { versionOf } from '../processes/tool';

const VERSION = '2.0.2';

// pip's own start script contains the folder it was installed in, but the cache renames that folder afterwards.
const START = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
PYTHONPATH="$here/lib" PYTHONDONTWRITEBYTECODE=1 exec python3 -m S3Scanner "$@"
`;

/**
 * Installs S3Scanner 2, which the worker starts itself. Its path is announced before it is installed, so that nothing has to wait for it.
 */
export const findScanner: StartServer = async (context) => {
  const own = process.env.STACK_S3SCANNER_BIN ?? 's3scanner';
  const version = await versionOf(own);
  // Version 3 is a different program with the same name and other arguments.
  if (version !== undefined && /^2\.\d+\.\d+$/.test(version)) {
    context.tell('found', `S3Scanner ${version} (${own})`);
    return { scanner: { command: own } };
  }
  const key = await pythonKey('s3scanner', VERSION);
  const command = join(cacheDir(), key, 's3scanner');
  context.announce({ scanner: { command } });
  const fill = async (into: string): Promise<void> => {
    context.tell('fetching', `S3Scanner ${VERSION} from the Python package index`);
    await mkdir(join(into, 'lib'));
    await pipInstall(`s3scanner==${VERSION}`, { into: join(into, 'lib'), signal: context.signal });
    await writeFile(join(into, 's3scanner'), START);
    await chmod(join(into, 's3scanner'), 0o755);
  };
  await cached(key, fill, { signal: context.signal });
  context.tell('found', `S3Scanner ${VERSION} in the cache`);
  return { scanner: { command } };
};
