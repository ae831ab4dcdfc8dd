import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withPorts, type ServerContext } from '../../processes/context';
import type { Binaries } from './binaries';
import { dropOldCertificate, serviceAccountKeys, servingFiles } from './certificates';
import { writeKubeconfig, type Access } from './kubeconfig';
import { isHealthy, isSocketHealthy } from './probe';

const READY_TIMEOUT = 120_000;

/** Starts etcd, the API server and the controllers, in this order. Returns once namespaces, quotas and tokens work. */
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

// etcd holds every secret of the cluster and authenticates no one, so it listens on Unix sockets in a private folder instead of on ports.
// Their paths are relative to the working folder of etcd and API server, because an absolute path may exceed the length limit of sockets.
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
        // As on real clusters, a namespace's Pod Security level decides whether a pod may be privileged.
        '--allow-privileged=true',
        // Not needed with a single API server, and the endpoints of the service `kubernetes` may not contain a loopback address.
        '--endpoint-reconciler-type=none',
        '--profiling=false',
      ],
      cwd: etcdDir(context),
      isReady: async () => isHealthy(access(), '/readyz'),
      readyTimeout: READY_TIMEOUT,
      // The API server keeps no state. On SIGTERM it would wait up to half a minute for etcd, which is stopping too.
      stopSignal: 'SIGKILL',
    });
    return access();
  });
}

// Only the controllers that tenants' namespaces need: to finish deletions, also of volume claims, which the API server protects while they are
// in use, to count quotas, to create each namespace's account, and to make the pods of workloads.
const CONTROLLERS = [
  ...['namespace-controller', 'persistentvolumeclaim-protection-controller'],
  ...['resourcequota-controller', 'serviceaccount-controller'],
  ...[
    'deployment-controller',
    'replicaset-controller',
    'statefulset-controller',
    'job-controller',
    'cronjob-controller',
  ],
].join();

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
      // The health endpoint answers before the controllers have worked at all; the account that they create proves that they do.
      isReady: async () =>
        (await isHealthy({ ...access, server: `https://127.0.0.1:${port}` }, '/healthz')) &&
        (await isHealthy(access, '/api/v1/namespaces/default/serviceaccounts/default')),
      readyTimeout: READY_TIMEOUT,
    });
  });
}
