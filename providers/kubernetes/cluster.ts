import { statSync } from 'node:fs';
import {
  createConfiguration,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  ServerConfiguration,
  type Configuration,
  type KubernetesObject,
  type V1APIResourceList,
} from '@kubernetes/client-node';
import { failure } from '../port/failures';
import { requestSignal } from '../port/request-signal';
import { tracedCall } from '../port/traced-call';
import { answerIn, isStatus } from './answers';
import { MANAGER } from './marks';

/** An object as it is sent to the API server. */
export interface Manifest extends KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: { [name: string]: string } };
}

/** One cluster, accessed with its kubeconfig or with a token. */
export interface Cluster {
  /** Its name in the regions file. */
  readonly name: string;
  /** A client whose requests abort with `signal`, and each after `requestTimeoutMs`. Nothing is retried. */
  client(signal: AbortSignal): Client;
  /** The same cluster, accessed with this token instead. */
  as(token: string): Cluster;
}

/** Requests to a cluster. Its methods throw `ApiException`, or the connection's error. */
export class Client {
  readonly #objects: SharedDiscoveryApi;
  readonly #core: CoreV1Api;

  constructor(configuration: Configuration, discovery: Discovery) {
    this.#objects = new SharedDiscoveryApi(configuration, discovery);
    this.#core = new CoreV1Api(configuration);
  }

  /** The current object, or undefined. */
  async read<T extends KubernetesObject>(wanted: Manifest): Promise<T | undefined> {
    try {
      const answer = sent('read', wanted.kind, () => this.#objects.read<T & Manifest>(wanted as never));
      return requireObject(await answer, wanted);
    } catch (error) {
      // A proxy's 404 page does not prove that the object is absent.
      if (isStatus(error, 404) && answerIn(error).reason === 'NotFound') return undefined;
      throw error;
    }
  }

  /** Creates an object; 409 if it already exists. With `dryRun` the server only admits or refuses it. */
  async create<T extends Manifest>(object: T, { dryRun = false } = {}): Promise<T> {
    const dry = dryRun ? 'All' : undefined;
    const answer = sent('create', object.kind, () => this.#objects.create(object, undefined, dry, MANAGER));
    return requireObject(await answer, object);
  }

  /** Server-side apply: afterwards the object has these fields, even if someone else created it or changed them. */
  async apply<T extends Manifest>(object: T, { dryRun = false } = {}): Promise<T> {
    const strategy = PatchStrategy.ServerSideApply;
    const dry = dryRun ? 'All' : undefined;
    const answer = sent('apply', object.kind, () =>
      this.#objects.patch(object, undefined, dry, MANAGER, true, strategy),
    );
    return requireObject(await answer, object);
  }

  /** Merges these fields into an object: `null` removes one, and fields that are not named stay (RFC 7386). */
  async merge(ref: Manifest, fields: Record<string, unknown>): Promise<void> {
    const { metadata = {}, ...others } = fields as { metadata?: object };
    const patch = { ...ref, ...others, metadata: { ...ref.metadata, ...metadata } };
    const merge = PatchStrategy.MergePatch;
    const answer = sent('merge', ref.kind, () =>
      this.#objects.patch(patch, undefined, undefined, MANAGER, undefined, merge),
    );
    requireObject(await answer, ref);
  }

  /** Requests the deletion of an object; 404 if there is none. With `uid`, 409 if the object now has another one. */
  async delete(object: Manifest, { uid, dryRun = false }: { uid?: string; dryRun?: boolean } = {}): Promise<void> {
    const body = uid === undefined ? undefined : { preconditions: { uid } };
    const dry = dryRun ? 'All' : undefined;
    await sent('delete', object.kind, () =>
      this.#objects.delete(object, undefined, dry, undefined, undefined, 'Background', body),
    );
  }

  /** All objects of a kind, read page by page, in one namespace or in all. */
  async *list<T extends KubernetesObject>(
    of: { apiVersion: string; kind: string; namespace?: string },
    labelSelector?: string,
  ): AsyncIterable<T> {
    const { apiVersion, kind, namespace } = of;
    const none = undefined;
    const pageFrom = (at: string | undefined) =>
      this.#objects.list<T>(apiVersion, kind, namespace, none, none, none, none, labelSelector, 500, at);
    for (let next: string | undefined; ;) {
      const at = next;
      const page = await sent('list', kind, () => pageFrom(at));
      if (!Array.isArray(page?.items)) throw malformed();
      yield* page.items;
      next = page.metadata?._continue;
      if (next === undefined || next === '') return;
    }
  }

  /** Whether the namespace has pods that have not ended. */
  async hasPods(namespace: string): Promise<boolean> {
    const answer = await sent('list', 'Pod', () =>
      this.#core.listNamespacedPod({ namespace, fieldSelector: NOT_ENDED, limit: 1 }),
    );
    if (!Array.isArray(answer?.items)) throw malformed();
    return answer.items.length > 0;
  }

  /** Requests the end of a namespace's pods, or of those with these labels. Pods that have ended stay, with their logs. */
  async endPods(namespace: string, gracePeriodSeconds: number, labelSelector?: string): Promise<void> {
    const which = { namespace, fieldSelector: NOT_ENDED, ...(labelSelector === undefined ? {} : { labelSelector }) };
    await sent('delete', 'Pod', () => this.#core.deleteCollectionNamespacedPod({ ...which, gracePeriodSeconds }));
  }

  /** A token for a ServiceAccount. It lasts ten minutes, the shortest time that Kubernetes offers, and ends with the namespace. */
  async tokenOf(account: string, namespace: string): Promise<string> {
    const body = { spec: { audiences: [], expirationSeconds: 600 } };
    const answer = await sent('create', 'TokenRequest', () =>
      this.#core.createNamespacedServiceAccountToken({ name: account, namespace, body }),
    );
    if (answer.status?.token === undefined)
      throw failure('OutcomeUnknown', `Kubernetes answered a token request for ${namespace} without a token.`);
    return answer.status.token;
  }
}

/** Sends a request about an object of a kind of Kubernetes. */
function sent<T>(verb: string, kind: string, send: () => Promise<T>): Promise<T> {
  return tracedCall({ provider: 'kubernetes', operation: `${verb} ${kind}` }, send);
}

const NOT_ENDED = 'status.phase!=Succeeded,status.phase!=Failed';

/** Returns the answer if it is the requested object. Throws otherwise: a proxy's page with status 200, for example, arrives as text. */
function requireObject<T extends KubernetesObject>(answer: T | null, wanted: Manifest): T {
  if (answer?.metadata?.name === wanted.metadata.name) return answer;
  throw malformed();
}

function malformed(): Error {
  return failure('OutcomeUnknown', 'Kubernetes answered with something other than the requested API object.');
}

/** The cluster of a kubeconfig's current context. The file is read at the first use, and again whenever it has changed. */
export function openCluster(name: string, kubeconfig: string, requestTimeoutMs: number): Cluster {
  const discovery: Discovery = {};
  let known: { version: string; config: KubeConfig } | undefined;

  const load = (): KubeConfig => {
    try {
      const { mtimeMs, size } = statSync(kubeconfig);
      const version = `${mtimeMs} ${size}`;
      if (known?.version === version) return known.config;
      const config = new KubeConfig();
      config.loadFromFile(kubeconfig);
      known = { version, config };
      return config;
    } catch (error) {
      throw failure(
        'ProviderRefused',
        `The kubeconfig of cluster ${name} cannot be read. Check the path in the regions file and the file itself.`,
        { cause: error },
      );
    }
  };
  const clusterOf = (config: () => KubeConfig): Cluster => ({
    name,
    client: (signal) => new Client(configurationOf(name, config(), signal, requestTimeoutMs), discovery),
    as: (token) => clusterOf(() => withToken(name, config(), token)),
  });
  return clusterOf(load);
}

type Discovery = Record<string, V1APIResourceList>;

// The client discovers the resources of each API group once per instance. Sharing the result avoids doing so in every activity.
class SharedDiscoveryApi extends KubernetesObjectApi {
  constructor(configuration: Configuration, discovery: Discovery) {
    super(configuration);
    this.apiVersionResourceCache = discovery;
  }

  // The client caches any answer, so one malformed discovery document would break every request until this process restarts.
  protected override async resource(apiVersion: string, kind: string): ReturnType<KubernetesObjectApi['resource']> {
    const [found] = await Promise.allSettled([super.resource(apiVersion, kind)]);
    const known = this.apiVersionResourceCache;
    if (apiVersion in known && !Array.isArray(known[apiVersion]?.resources)) {
      delete known[apiVersion];
      throw malformed();
    }
    if (found.status === 'rejected') throw found.reason;
    return found.value;
  }

  protected override async processResponse<T extends KubernetesObject>(
    ...response: Parameters<KubernetesObjectApi['processResponse']>
  ): Promise<T> {
    try {
      return await super.processResponse<T>(...response);
    } catch (error) {
      // The client assumes that every JSON document is an API object, and fails on others with a TypeError.
      throw error instanceof TypeError ? malformed() : error;
    }
  }
}

function configurationOf(
  name: string,
  config: KubeConfig,
  signal: AbortSignal,
  requestTimeoutMs: number,
): Configuration {
  return createConfiguration({
    baseServer: new ServerConfiguration(clusterIn(name, config).server, {}),
    authMethods: { default: config },
    promiseMiddleware: [
      {
        pre: (request) => {
          request.setSignal(requestSignal(signal, requestTimeoutMs));
          return Promise.resolve(request);
        },
        post: (response) => Promise.resolve(response),
      },
    ],
  });
}

function withToken(name: string, config: KubeConfig, token: string): KubeConfig {
  const changed = new KubeConfig();
  changed.loadFromClusterAndUser(clusterIn(name, config), { name: 'token', token });
  return changed;
}

function clusterIn(name: string, config: KubeConfig): NonNullable<ReturnType<KubeConfig['getCurrentCluster']>> {
  const cluster = config.getCurrentCluster();
  if (cluster) return cluster;
  throw failure('ProviderRefused', `The kubeconfig of cluster ${name} has no current context. Set one in the file.`);
}
