import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerContext } from '../../processes/context';
import { findGo } from '../../fetching/go';
import { runTool } from '../../processes/tool';

/** Must equal the version that `build/go.mod` requires. */
export const KUBERNETES_VERSION = '1.35.4';

const PROGRAMS = [
  { name: 'etcd', package: 'go.etcd.io/etcd/server/v3' },
  { name: 'kube-apiserver', package: 'k8s.io/kubernetes/cmd/kube-apiserver' },
  { name: 'kube-controller-manager', package: 'k8s.io/kubernetes/cmd/kube-controller-manager' },
] as const;

// Version stamp as in the official release; without it, the API server reports v0.0.0-master.
const VERSION_PACKAGE = 'k8s.io/component-base/version';
const STAMP = [
  `-X ${VERSION_PACKAGE}.gitVersion=v${KUBERNETES_VERSION}`,
  `-X ${VERSION_PACKAGE}.gitMajor=${KUBERNETES_VERSION.split('.')[0]}`,
  `-X ${VERSION_PACKAGE}.gitMinor=${KUBERNETES_VERSION.split('.')[1]}`,
].join(' ');

const FLAGS = ['-mod=readonly', '-trimpath', `-ldflags=-s -w ${STAMP}`];

/**
 * Builds etcd and the Kubernetes control plane from the Go modules in `build/go.mod` into `into`: one program after the other and at low
 * priority, because people keep working meanwhile. Needs 2 GB of memory and 3 GB of disk space. Throws `ServerUnavailable` if there is no
 * Go and none can be fetched.
 */
export async function buildBinaries(context: ServerContext, into: string): Promise<void> {
  const onProgress = (detail: string): void => context.tell('fetching', detail);
  const go = toolchain(context, await findGo({ signal: context.signal, onProgress }));
  for (const program of PROGRAMS) {
    context.tell('building', `${program.name}: fetching its modules`, 0);
    const total = await countStale(go, program.package);
    let compiled = 0;
    const onLine = (line: string): void => {
      if (!/^\S+\/\S+$/.test(line) || ++compiled % 25 !== 0) return;
      const percent = Math.min(99, Math.round((100 * compiled) / total));
      context.tell('building', `${program.name}: ${compiled} of ${total} packages`, percent);
    };
    await go(['build', '-v', ...FLAGS, '-o', join(into, program.name), program.package], onLine);
    context.tell('building', `${program.name} built`, 100);
  }
}

/** Number of packages to compile for a program, without those already in Go's build cache. */
async function countStale(go: Toolchain, target: string): Promise<number> {
  const listed = await go(['list', '-deps', ...FLAGS, '-f', '{{if .Stale}}{{.ImportPath}}{{end}}', target]);
  return Math.max(1, listed.split('\n').filter((line) => line !== '').length);
}

type Toolchain = (args: string[], onLine?: (line: string) => void) => Promise<string>;

function toolchain(context: ServerContext, command: string): Toolchain {
  const [program, ...prefix] = existsSync('/usr/bin/nice') ? ['/usr/bin/nice', '-n', '15', command] : [command];
  return (args, onLine) =>
    runTool(program ?? command, [...prefix, ...args], {
      cwd: join(__dirname, 'build'),
      env: { CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' },
      signal: context.signal,
      ...(onLine && { onLine }),
    });
}
