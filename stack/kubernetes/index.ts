import type { ServerContext, StartServer } from '../context';
import { ServerUnavailable } from '../errors';
import type { Endpoints } from '../types';
import { findBinaries } from './binaries';
import { startControlPlane } from './control-plane';
import { serverOf } from './kubeconfig';

/**
 * Starts a Kubernetes API without nodes: the real etcd, API server and controllers, so that namespaces, quotas, roles and Pod Security are
 * the real ones; pods are admitted and never run. In this order: the cluster of `STACK_KUBECONFIG`, binaries on PATH, binaries in the cache, and only
 * with `build` a build from the Go module proxy (minutes, once). Throws `ServerUnavailable` when none of them is possible.
 */
export function startKubernetes({ build }: { build: boolean }): StartServer {
  return async (context: ServerContext): Promise<Partial<Endpoints>> => {
    const given = process.env.STACK_KUBECONFIG;
    if (given !== undefined && given !== '') return { kubernetes: useGiven(context, given) };
    const binaries = await findBinaries(context, build);
    return { kubernetes: await startControlPlane(context, binaries) };
  };
}

function useGiven(context: ServerContext, kubeconfig: string): { kubeconfig: string; server: string } {
  const server = serverOf(kubeconfig);
  if (server === undefined) {
    throw new ServerUnavailable(
      `STACK_KUBECONFIG names ${kubeconfig}, which is not a readable kubeconfig with a current context.`,
      'point STACK_KUBECONFIG at one, or unset it',
    );
  }
  context.tell('found', `${server} (STACK_KUBECONFIG)`);
  return { kubeconfig, server };
}
