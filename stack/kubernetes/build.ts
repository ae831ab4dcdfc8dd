import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerContext } from '../context';
import { ServerUnavailable } from '../errors';
import { runTool, versionOf } from '../tool';

/** Must be the version `build/go.mod` requires. */
export const KUBERNETES_VERSION = '1.35.4';

const PROGRAMS = [
  { name: 'etcd', package: 'go.etcd.io/etcd/server/v3' },
  { name: 'kube-apiserver', package: 'k8s.io/kubernetes/cmd/kube-apiserver' },
  { name: 'kube-controller-manager', package: 'k8s.io/kubernetes/cmd/kube-controller-manager' },
] as const;

// What the official release is stamped with; without it the API server says it is v0.0.0-master.
const VERSION_PACKAGE = 'k8s.io/component-base/version';
const STAMP = [
  `-X ${VERSION_PACKAGE}.gitVersion=v${KUBERNETES_VERSION}`,
  `-X ${VERSION_PACKAGE}.gitMajor=${KUBERNETES_VERSION.split('.')[0]}`,
  `-X ${VERSION_PACKAGE}.gitMinor=${KUBERNETES_VERSION.split('.')[1]}`,
].join(' ');

const FLAGS = ['-mod=readonly', '-trimpath', `-ldflags=-s -w ${STAMP}`];

/**
 * Builds etcd and the Kubernetes control plane from the Go modules of `build/go.mod` into `into`, one program after the other and at
 * low priority, because people go on working meanwhile. Throws `ServerUnavailable` without Go; needs 2 GB of memory and 3 GB of disk.
 */
export async function buildBinaries(context: ServerContext, into: string): Promise<void> {
  if ((await versionOf('go', ['version'])) === undefined) {
    throw new ServerUnavailable(
      'Kubernetes has to be built and there is no Go on PATH.',
      'install Go 1.25 or newer (https://go.dev/dl)',
    );
  }
  for (const program of PROGRAMS) {
    context.tell('building', `${program.name}: fetching its modules`, 0);
    const total = await countStale(context, program.package);
    let compiled = 0;
    const onLine = (line: string): void => {
      if (!/^\S+\/\S+$/.test(line) || ++compiled % 25 !== 0) return;
      const percent = Math.min(99, Math.round((100 * compiled) / total));
      context.tell('building', `${program.name}: ${compiled} of ${total} packages`, percent);
    };
    await go(context, ['build', '-v', ...FLAGS, '-o', join(into, program.name), program.package], onLine);
    context.tell('building', `${program.name} built`, 100);
  }
}

/** How many packages are still to be compiled; those of the earlier programs are in Go's own cache. */
async function countStale(context: ServerContext, target: string): Promise<number> {
  const listed = await go(context, ['list', '-deps', ...FLAGS, '-f', '{{if .Stale}}{{.ImportPath}}{{end}}', target]);
  return Math.max(1, listed.split('\n').filter((line) => line !== '').length);
}

function go(context: ServerContext, args: string[], onLine?: (line: string) => void): Promise<string> {
  const [command, prefix] = existsSync('/usr/bin/nice') ? ['/usr/bin/nice', ['-n', '15', 'go']] : ['go', []];
  return runTool(command, [...prefix, ...args], {
    cwd: join(__dirname, 'build'),
    env: { CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' },
    signal: context.signal,
    ...(onLine && { onLine }),
  });
}
