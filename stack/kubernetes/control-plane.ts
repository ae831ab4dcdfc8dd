import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withPorts, type ServerContext } from '../context';
import type { Binaries } from './binaries';
import { dropOldCertificate, serviceAccountKeys, servingFiles } from './certificates';
import { writeKubeconfig, type Access } from './kubeconfig';
import { isHealthy, isSocketHealthy } from './probe';

const READY_TIMEOUT = 120_000;

/** Starts etcd, then the API server, then the controllers; returns when namespaces, quotas and tokens work. */
export async function startControlPlane(
  context: ServerContext,
  binaries: Binaries,
): Promise<{ kubeconfig: string; server: string }> {
  for (const dir of [context.dir, etcdDir(context), certDir(context)]) mkdirSync(dir, { recursive: true, mode: 0o700 });
  context.tell('starting', 'etcd');
  await startEtcd(context, binaries.etcd);
  context.tell('starting', 'API server');
  const access = await startApiServer(context, binaries.apiserver);
  const kubeconfig = join(context.dir, 'kubeconfig.json');
  writeKubeconfig(kubeconfig, access);
  context.tell('starting', 'controllers');
  await startControllerManager(context, binaries.controllerManager, kubeconfig, access);
  return { kubeconfig, server: access.server };
}

const etcdDir = (context: ServerContext): string => join(context.dir, 'etcd');
const certDir = (context: ServerContext): string => join(context.dir, 'certificates');

// etcd holds every secret of the cluster and asks nobody who he is, so it listens on sockets in a folder of our own and not on ports.
// Their paths are relative to the folder both it and the API server run in: an absolute one may be longer than a socket's may.
const ETCD_CLIENT = 'unix://client:0';
const ETCD_PEER = 'unix://peer:0';

async function startEtcd(context: ServerContext, command: string): Promise<void> {
  await context.spawn({
    name: 'kubernetes.etcd',
    command,
    args: [
      ...['--name=local', '--data-dir=data', '--log-level=warn', `--initial-cluster=local=${ETCD_PEER}`],
      ...[`--listen-client-urls=${ETCD_CLIENT}`, `--advertise-client-urls=${ETCD_CLIENT}`],
      ...[`--listen-peer-urls=${ETCD_PEER}`, `--initial-advertise-peer-urls=${ETCD_PEER}`],
    ],
    cwd: etcdDir(context),
    isReady: () => isSocketHealthy(join(etcdDir(context), 'client:0'), '/readyz'),
    readyTimeout: READY_TIMEOUT,
  });
}

async function startApiServer(context: ServerContext, command: string): Promise<Access> {
  const token = context.state.secret('kubernetes.admin');
  const tokens = join(context.dir, 'tokens.csv');
  writeFileSync(tokens, `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
  const keys = serviceAccountKeys(certDir(context));
  dropOldCertificate(certDir(context));
  return withPorts(context.state, ['kubernetes.apiserver'], async (ports) => {
    const port = ports['kubernetes.apiserver'];
    const access = (): Access => ({
      server: `https://127.0.0.1:${port}`,
      ca: readFileSync(servingFiles(certDir(context)).certificate, 'utf8'),
      token,
    });
    await context.spawn({
      name: 'kubernetes.apiserver',
      command,
      args: [
        ...['--bind-address=127.0.0.1', '--advertise-address=127.0.0.1', `--secure-port=${port}`],
        ...[`--etcd-servers=${ETCD_CLIENT}`, `--cert-dir=${certDir(context)}`],
        ...[`--token-auth-file=${tokens}`, '--authorization-mode=RBAC', '--anonymous-auth=false'],
        ...['--service-account-issuer=https://kubernetes.default.svc', '--service-cluster-ip-range=10.0.0.0/24'],
        ...[`--service-account-key-file=${keys.publicKey}`, `--service-account-signing-key-file=${keys.privateKey}`],
        // As on real clusters: whether a pod may be privileged is for its namespace's Pod Security level to say.
        '--allow-privileged=true',
        // There is one API server, and a loopback address may not stand in the endpoints of the service "kubernetes".
        '--endpoint-reconciler-type=none',
        '--profiling=false',
      ],
      cwd: etcdDir(context),
      isReady: async () => isHealthy(access(), '/readyz'),
      readyTimeout: READY_TIMEOUT,
      // It keeps nothing itself; asked to stop, it would wait for etcd, which is stopping too, for up to half a minute.
      stopSignal: 'SIGKILL',
    });
    return access();
  });
}

// Only the controllers that tenants' namespaces need: with them deletion finishes, quotas count and every namespace has its account.
const CONTROLLERS = 'namespace-controller,resourcequota-controller,serviceaccount-controller';

async function startControllerManager(
  context: ServerContext,
  command: string,
  kubeconfig: string,
  access: Access,
): Promise<void> {
  const { certificate, key } = servingFiles(certDir(context));
  await withPorts(context.state, ['kubernetes.controller-manager'], async (ports) => {
    const port = ports['kubernetes.controller-manager'];
    await context.spawn({
      name: 'kubernetes.controller-manager',
      command,
      args: [
        ...[`--kubeconfig=${kubeconfig}`, `--controllers=${CONTROLLERS}`, '--leader-elect=false', '--profiling=false'],
        ...['--bind-address=127.0.0.1', `--secure-port=${port}`],
        ...[`--tls-cert-file=${certificate}`, `--tls-private-key-file=${key}`],
      ],
      // Healthy is said before the first look at the cluster; an account it has made says that it works.
      isReady: async () =>
        (await isHealthy({ ...access, server: `https://127.0.0.1:${port}` }, '/healthz')) &&
        (await isHealthy(access, '/api/v1/namespaces/default/serviceaccounts/default')),
      readyTimeout: READY_TIMEOUT,
    });
  });
}
