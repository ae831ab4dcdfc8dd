import type { ServerContext, StartServer } from '../../processes/context';
import { ServerUnavailable } from '../../errors';
import type { Endpoints } from '../../types';
import { findBinaries } from './binaries';
import { startControlPlane } from './control-plane';
import { serverOf } from './kubeconfig';

/**
 * Starts a Kubernetes API without nodes. With the real etcd, API server and controllers, it has real namespaces, quotas, roles and Pod
 * Security, but admitted pods never run. Uses, in this order: the cluster of `STACK_KUBECONFIG`, binaries on PATH, binaries in the cache,
 * and only with `build` a build from the Go module proxy (takes minutes, once). Throws `ServerUnavailable` if none of them is possible.
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
      `STACK_KUBECONFIG is ${kubeconfig}, which is not a readable kubeconfig with a current context.`,
      'set STACK_KUBECONFIG to such a file, or unset it',
    );
  }
  context.tell('found', `${server} (STACK_KUBECONFIG)`);
  return { kubeconfig, server };
}
