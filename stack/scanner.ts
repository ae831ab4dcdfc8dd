import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir, cached } from './cache';
import type { StartServer } from './context';
import { pipInstall, pythonKey } from './python';
import { versionOf } from './tool';

const VERSION = '2.0.2';

// pip's own start script names the folder it was installed in, which is another one afterwards.
const START = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
PYTHONPATH="$here/lib" PYTHONDONTWRITEBYTECODE=1 exec python3 -m S3Scanner "$@"
`;

/** S3Scanner 2, which the worker starts by itself: nothing runs here, and its path is announced before it is there, so that nobody waits for it. */
export const findScanner: StartServer = async (context) => {
  const own = process.env.STACK_S3SCANNER_BIN ?? 's3scanner';
  const version = await versionOf(own);
  // Version 3 is another program of the same name, with other arguments.
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
