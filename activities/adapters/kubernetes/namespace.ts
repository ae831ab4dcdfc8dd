import type { V1Namespace, V1ResourceQuota } from '@kubernetes/client-node';
import { dashName, tenantIdOf } from '../../../contract/ids';
import { failure } from '../../failures';
import type { Created, Found, Listed, ResourceContext, ResourceKind } from '../../kind';
import { isStatus } from './answers';
import type { Client, Cluster, Manifest } from './cluster';
import {
  accountOf,
  bindingOf,
  limitsOf,
  namespaceOf,
  networkPoliciesOf,
  quotaOf,
  roleOf,
  TENANT_OBJECT,
  type NamespaceSpec,
} from './manifests';
import { isOurs, selectorOf, TENANT_LABEL } from './marks';
import { waitFor, type Waiting } from './wait';

/** What a wait is bounded by. */
export interface NamespaceOptions {
  /** Milliseconds a namespace may take to end, or a quota to count; below the 60 s an activity has. */
  waitMs: number;
  onProgress: ((what: string) => void) | undefined;
}

type Context = ResourceContext<NamespaceSpec | undefined>;

/**
 * A namespace of the tenant's own, with everything that fences it in, as one resource: it begins with the namespace, ends with the
 * role binding – before that nobody can use it – and goes with the namespace.
 */
export function namespaceKind(
  clusterOf: (region: string, cell?: string) => Cluster,
  hasCluster: (region: string) => boolean,
  options: NamespaceOptions,
): ResourceKind<NamespaceSpec> {
  const clientOf = ({ region, cell, signal }: Context): Client => clusterOf(region, cell).client(signal);
  return {
    kind: 'kubernetes-namespace',
    provider: 'kubernetes',
    name: dashName,
    find: (context) => find(clientOf(context), context, clusterOf(context.region).name),
    create: (context) => create(clientOf(context), context, clusterOf(context.region).name, options),
    remove: (context) => remove(clientOf(context), context, options),
    async *list(region, signal) {
      if (hasCluster(region)) yield* list(clusterOf(region), region, signal);
    },
  };
}

async function find(client: Client, context: Context, cluster: string): Promise<Found> {
  const { name, tenantId, spec } = context;
  const namespace = await readNamespace(client, name);
  if (!namespace) return { state: 'absent' };
  if (!isOurs(namespace, tenantId)) return { state: 'foreign' };
  // Without a spec nobody asks whether it is whole, and "partial" claims less.
  if (spec === undefined || isEnding(namespace)) return { state: 'partial', id: name };
  const [quota, ...others] = await Promise.all([
    readQuota(client, context),
    ...contentsOf(context).map((object) => client.read(object)),
  ]);
  const whole = quota !== undefined && counts(quota) && others.every((object) => object && isOurs(object, tenantId));
  if (!whole) return { state: 'partial', id: name };
  return { state: 'present', id: name, facts: factsOf(name, spec, cluster, namespace) };
}

async function create(
  client: Client,
  context: ResourceContext<NamespaceSpec>,
  cluster: string,
  options: NamespaceOptions,
): Promise<Created> {
  const { name, spec } = context;
  const namespace = await ensureNamespace(client, context);
  const fences = [quotaOf(context, spec), limitsOf(context, spec), ...networkPoliciesOf(context), accountOf(context)];
  await Promise.all(fences.map((object) => client.apply(object)));
  // Until its controller has counted, a quota admits everything.
  const counting = await waitFor(
    async () => {
      const quota = await readQuota(client, context);
      return quota && counts(quota) ? quota : undefined;
    },
    waiting(context, options, 'its quota to count', 50),
  );
  if (!counting)
    throw inVain(name, 'its quota does not count. Look whether the cluster’s resource quota controller runs.');
  await client.apply(roleOf(context));
  await client.apply(bindingOf(context));
  return { id: name, facts: factsOf(name, spec, cluster, namespace) };
}

/** The namespace, ours and not ending. */
async function ensureNamespace(client: Client, context: ResourceContext<NamespaceSpec>): Promise<V1Namespace> {
  const { name, tenantId, spec } = context;
  const existing = await readNamespace(client, name);
  // `create` and not `apply`, which would adopt what somebody else makes at this very moment; that is a 409 here, and found next time.
  if (!existing) return client.create(namespaceOf(context, spec));
  if (!isOurs(existing, tenantId))
    throw failure(
      'ResourceNotOurs',
      `Namespace ${name} exists and does not carry our labels. Find out whose it is; rename or remove it there.`,
    );
  // Not waited for: a namespace made long after it was decided could appear behind a compensation that has looked already.
  if (isEnding(existing))
    throw failure('ProviderUnavailable', `Namespace ${name} is still ending; it can be made again when it is gone.`);
  return client.apply(namespaceOf(context, spec));
}

async function remove(client: Client, context: Context, options: NamespaceOptions): Promise<void> {
  const { name, tenantId } = context;
  const existing = await readNamespace(client, name);
  if (!existing || !isOurs(existing, tenantId)) return;
  if (!isEnding(existing)) {
    const uid = existing.metadata?.uid;
    try {
      await client.delete(namespaceRef(name), uid === undefined ? {} : { uid });
    } catch (error) {
      if (isStatus(error, 404)) return;
      throw error;
    }
  }
  await untilGone(client, context, existing, options);
}

// "Terminating" is not gone: the name is taken and what is inside may still run.
async function untilGone(
  client: Client,
  context: Context,
  ending: V1Namespace,
  options: NamespaceOptions,
): Promise<void> {
  const { name } = context;
  let last: V1Namespace | undefined = ending;
  const gone = await waitFor(
    async () => {
      last = await readNamespace(client, name);
      return last?.metadata?.uid === ending.metadata?.uid ? undefined : true;
    },
    waiting(context, options, 'its end', 250),
  );
  if (gone) return;
  const obstacles = (last.status?.conditions ?? []).filter(({ status }) => status === 'True').map(({ type }) => type);
  const why = obstacles.length === 0 ? 'the cluster gives no reason' : obstacles.join(', ');
  throw inVain(name, `it is still ending (${why}). Look at its status and at the finalizers of what is inside.`);
}

async function* list(cluster: Cluster, region: string, signal: AbortSignal): AsyncIterable<Listed> {
  for await (const { metadata } of cluster
    .client(signal)
    .list<V1Namespace>({ apiVersion: 'v1', kind: 'Namespace' }, selectorOf(region))) {
    const tenantId = metadata?.labels?.[TENANT_LABEL];
    const name = metadata?.name;
    // A label alone is not enough: what we make is also called after its tenant.
    if (name !== undefined && tenantId !== undefined && tenantIdOf(name) === tenantId)
      yield { tenantId, name, id: name, cell: cluster.name };
  }
}

function namespaceRef(name: string): Manifest {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

function readNamespace(client: Client, name: string): Promise<V1Namespace | undefined> {
  return client.read<V1Namespace>(namespaceRef(name));
}

function readQuota(client: Client, { name }: { name: string }): Promise<V1ResourceQuota | undefined> {
  return client.read<V1ResourceQuota>({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: TENANT_OBJECT, namespace: name },
  });
}

/** Everything inside besides the quota, to be read. */
function contentsOf(context: Context): Manifest[] {
  const limits = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: TENANT_OBJECT, namespace: context.name } };
  return [limits, ...networkPoliciesOf(context), accountOf(context), roleOf(context), bindingOf(context)];
}

function factsOf(name: string, spec: NamespaceSpec, cluster: string, made: V1Namespace): Record<string, unknown> {
  const { cpuMillis, memoryMb, pods, podSecurity } = spec;
  return {
    cluster,
    namespace: name,
    uid: made.metadata?.uid,
    serviceAccount: TENANT_OBJECT,
    cpuMillis,
    memoryMb,
    pods,
    podSecurity,
    // Whether it is enforced is for the cluster's network plug-in, which the API does not tell.
    networkPolicy: 'applied',
  };
}

function isEnding(namespace: V1Namespace): boolean {
  return namespace.metadata?.deletionTimestamp !== undefined || namespace.status?.phase === 'Terminating';
}

/** Whether the quota's controller has taken over every limit that is set. */
function counts(quota: V1ResourceQuota): boolean {
  const [set, counted] = [quota.spec?.hard ?? {}, quota.status?.hard ?? {}];
  return Object.keys(set).length > 0 && Object.entries(set).every(([name, limit]) => counted[name] === limit);
}

function waiting({ name, signal }: Context, options: NamespaceOptions, what: string, everyMs: number): Waiting {
  const { waitMs, onProgress } = options;
  return { signal, everyMs, timeoutMs: waitMs, onPoll: onProgress, what: `namespace ${name}: ${what}` };
}

function inVain(name: string, why: string): Error {
  return failure('ProviderUnavailable', `Namespace ${name}: ${why}`);
}
