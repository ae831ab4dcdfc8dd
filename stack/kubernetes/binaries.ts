import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, cached, platformKey } from '../cache';
import type { ServerContext } from '../context';
import { ServerUnavailable } from '../errors';
import { versionOf } from '../tool';
import { buildBinaries, KUBERNETES_VERSION } from './build';

/** The three programs of a control plane, as commands. */
export interface Binaries {
  etcd: string;
  apiserver: string;
  controllerManager: string;
}

/**
 * The programs from PATH, else from our cache, else – with `build` – built into it. The official downloads are not used: their
 * checksums come from the server that serves the files, so there is nothing to pin them to, while go.sum pins every source.
 * Throws `ServerUnavailable`.
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
      'There is no Kubernetes on PATH or in the cache, and building it (4 to 8 minutes, once) was not asked for.',
      'ask with "--with kubernetes", or set STACK_KUBECONFIG to the kubeconfig of a test cluster',
    );
  }
  const dir = await cached(key, (into) => buildBinaries(context, into), {
    onWait: (pid) => context.tell('building', `process ${pid} is building it already`),
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
  // 1.30: the oldest whose flags are those control-plane.ts gives.
  const minor = Number(/^Kubernetes v1\.(\d+)/.exec(version ?? '')?.[1]);
  if (version === undefined || others.includes(undefined) || !(minor >= 30)) return undefined;
  return { binaries, version };
}
