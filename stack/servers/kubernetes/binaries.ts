import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, cached, platformKey } from '../../fetching/cache';
import type { ServerContext } from '../../processes/context';
import { ServerUnavailable } from '../../errors';
import { versionOf } from '../../processes/tool';
import { buildBinaries, KUBERNETES_VERSION } from './build';

/** Commands that run the three programs of a control plane. */
export interface Binaries {
  etcd: string;
  apiserver: string;
  controllerManager: string;
}

/**
 * Returns the programs from PATH, or else from our cache, or else – with `build` – builds them into the cache. The official downloads are
 * not used: their checksums come from the same server as the files, whereas go.sum pins every source file. Throws `ServerUnavailable` if
 * there are no programs.
 */
export async function findBinaries(context: ServerContext, build: boolean): Promise<Binaries> {
  const onPath = await findOnPath();
  if (onPath) {
    context.tell('found', `${onPath.version} on PATH`);
    return onPath.binaries;
  }
  const key = platformKey('kubernetes', KUBERNETES_VERSION);
  if (!build && !existsSync(join(cacheDir(), key))) {
    throw new ServerUnavailable(
      'There is no Kubernetes on PATH or in the cache, and building it (takes 4 to 8 minutes, once) was not requested.',
      'build it with "--with kubernetes", or set STACK_KUBECONFIG to the kubeconfig of a test cluster',
    );
  }
  const dir = await cached(key, (into) => buildBinaries(context, into), {
    onWait: (pid) => context.tell('building', `process ${pid} is already building it`),
  });
  context.tell('found', `Kubernetes ${KUBERNETES_VERSION} in the cache`);
  return {
    etcd: join(dir, 'etcd'),
    apiserver: join(dir, 'kube-apiserver'),
    controllerManager: join(dir, 'kube-controller-manager'),
  };
}

async function findOnPath(): Promise<{ binaries: Binaries; version: string } | undefined> {
  const binaries = { etcd: 'etcd', apiserver: 'kube-apiserver', controllerManager: 'kube-controller-manager' };
  const [version, ...others] = await Promise.all([
    versionOf(binaries.apiserver),
    versionOf(binaries.controllerManager),
    versionOf(binaries.etcd),
  ]);
  // 1.30 is the oldest version that accepts all flags in control-plane.ts.
  const minor = Number(/^Kubernetes v1\.(\d+)/.exec(version ?? '')?.[1]);
  if (version === undefined || others.includes(undefined) || !(minor >= 30)) return undefined;
  return { binaries, version };
}
