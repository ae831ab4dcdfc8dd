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
import { failure } from '../../failures';
import { requestSignal } from '../../request-signal';
import { answerIn, isStatus } from './answers';
import { MANAGER } from './marks';

/** An object as it is sent: what it is and where it belongs. */
export interface Manifest extends KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: { [name: string]: string } };
}

/** One cluster, with the credentials of its kubeconfig or of a token. */
export interface Cluster {
  /** As in the regions file. */
  readonly name: string;
  /** A client whose requests end with `signal` and each after `requestTimeoutMs`. Nothing is repeated. */
  client(signal: AbortSignal): Client;
  /** The same cluster in the name of whoever holds the token. */
  as(token: string): Cluster;
}

/** What is asked of a cluster. Methods throw `ApiException` or what the connection throws. */
export class Client {
  readonly #objects: SharedDiscoveryApi;
  readonly #core: CoreV1Api;

  constructor(configuration: Configuration, discovery: Discovery) {
    this.#objects = new SharedDiscoveryApi(configuration, discovery);
    this.#core = new CoreV1Api(configuration);
  }

  /** The object as it is now, or undefined. */
  async read<T extends KubernetesObject>(wanted: Manifest): Promise<T | undefined> {
    try {
      return objectIn(await this.#objects.read<T & Manifest>(wanted as never), wanted);
    } catch (error) {
      // A proxy's page of that status does not prove that a thing is absent.
      if (isStatus(error, 404) && answerIn(error).reason === 'NotFound') return undefined;
      throw error;
    }
  }

  /** Makes an object that is not there yet; 409 when it is. With `dryRun` it is only admitted or refused. */
  async create<T extends Manifest>(object: T, { dryRun = false } = {}): Promise<T> {
    return objectIn(await this.#objects.create(object, undefined, dryRun ? 'All' : undefined, MANAGER), object);
  }

  /** Server-side apply: afterwards the object has these fields, whoever made it and whoever else has changed them. */
  async apply<T extends Manifest>(object: T, { dryRun = false } = {}): Promise<T> {
    const strategy = PatchStrategy.ServerSideApply;
    const answer = this.#objects.patch(object, undefined, dryRun ? 'All' : undefined, MANAGER, true, strategy);
    return objectIn(await answer, object);
  }

  /** Asks for the end of an object: of this very one if `uid` is given (else 409). 404 when there is none. */
  async delete(object: Manifest, { uid, dryRun = false }: { uid?: string; dryRun?: boolean } = {}): Promise<void> {
    const body = uid === undefined ? undefined : { preconditions: { uid } };
    const dry = dryRun ? 'All' : undefined;
    await this.#objects.delete(object, undefined, dry, undefined, undefined, 'Background', body);
  }

  /** All objects of a kind, page by page; in every namespace unless one is named. */
  async *list<T extends KubernetesObject>(
    of: { apiVersion: string; kind: string; namespace?: string },
    labelSelector?: string,
  ): AsyncIterable<T> {
    const { apiVersion, kind, namespace } = of;
    const none = undefined;
    for (let next: string | undefined; ;) {
      const page = await this.#objects.list<T>(
        apiVersion,
        kind,
        namespace,
        none,
        none,
        none,
        none,
        labelSelector,
        500,
        next,
      );
      if (!Array.isArray(page?.items)) throw malformed();
      yield* page.items;
      next = page.metadata?._continue;
      if (next === undefined || next === '') return;
    }
  }

  /** A token of a ServiceAccount, for ten minutes: the shortest Kubernetes gives. It ends with its namespace. */
  async tokenOf(account: string, namespace: string): Promise<string> {
    const body = { spec: { audiences: [], expirationSeconds: 600 } };
    const answer = await this.#core.createNamespacedServiceAccountToken({ name: account, namespace, body });
    if (answer.status?.token === undefined)
      throw failure('OutcomeUnknown', `Kubernetes answered a token request for ${namespace} without a token.`);
    return answer.status.token;
  }
}

/** The answer, if it is the object meant. A proxy's page with status 200 arrives as a text and says nothing about the cluster. */
function objectIn<T extends KubernetesObject>(answer: T | null, wanted: Manifest): T {
  if (answer?.metadata?.name === wanted.metadata.name) return answer;
  throw malformed();
}

function malformed(): Error {
  return failure('OutcomeUnknown', 'Kubernetes answered with something that is not an object of its API.');
}

/** The cluster a kubeconfig's current context leads to; the file is read when first used and again when it has changed. */
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

// The client looks up how a kind is addressed once for every API group; without this, once for every activity.
class SharedDiscoveryApi extends KubernetesObjectApi {
  constructor(configuration: Configuration, discovery: Discovery) {
    super(configuration);
    this.apiVersionResourceCache = discovery;
  }

  // It remembers whatever it was answered, and would go on stumbling over nonsense for as long as this process lives.
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
      // The client takes every JSON document for an object.
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
