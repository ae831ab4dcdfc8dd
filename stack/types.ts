import type { StaffRealm } from './staff';

/**
 * The servers of the stack. `kubernetes` and `edge` are started only if requested by name; `scanner` is a program that is only installed, not started.
 */
export type ServerName =
  'postgres' | 'temporal' | 's3' | 'keycloak' | 'stripe' | 'mail' | 'kubernetes' | 'scanner' | 'edge';

/** The two regions in which tenants can be placed, each with its own database server and object store. */
export const REGIONS = ['eu-central', 'us-east'] as const;

/** How to reach one region's database cluster. */
export interface RegionDatabase {
  /** Role `provisioner` (LOGIN CREATEDB CREATEROLE, not superuser), database `postgres`. */
  url: string;
  /** Role `postgres`, database `postgres`; for tests that need to see everything. */
  superuserUrl: string;
  /** The server's version, for example `15.10`. */
  version: string;
}

/** How to reach one region's object store. The keys are those of the store's root user. */
export interface RegionObjectStore {
  endpoint: string;
  adminEndpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** The S3 region for which requests are signed. */
  region: string;
}

/** Addresses and administrators' credentials of the servers that are ready. Written to files with mode 0600 only. */
export interface Endpoints {
  postgres?: {
    /**
     * `url`: role `registry_app`, which may use the tables of database `registry`. `ownerUrl`: role `registry`, which owns the database.
     */
    registry: { url: string; ownerUrl?: string };
    regions: Record<string, RegionDatabase>;
  };
  temporal?: { address: string; namespace: string; ui: string };
  s3?: Record<string, RegionObjectStore>;
  keycloak?: {
    url: string;
    adminUser: string;
    adminPassword: string;
    /** Service account in realm `master` with the role `admin`, for the worker. */
    clientId: string;
    clientSecret: string;
    /** The realm of the people who use the console; absent from a given server that has none. It exists soon after the server is ready. */
    staff?: StaffRealm;
  };
  stripe?: { url: string; apiKey: string };
  /** `GET <api>` lists all mails as JSON, `GET <api>/<id>` returns one, `DELETE <api>/all` removes all. */
  mail?: { smtp: string; ui: string; api: string };
  kubernetes?: { kubeconfig: string; server: string };
  /** Command that runs S3Scanner: a path, or a name on PATH. */
  scanner?: { command: string };
  /** `running` is absent where there is no API that it could ask for which hosts it may obtain certificates. */
  edge?: { programs: EdgePrograms; running?: RunningEdge };
}

/** Paths of the programs of the edge, or their names on PATH. */
export interface EdgePrograms {
  caddy: string;
  pebble: string;
  nameServer: string;
}

/** An edge with certificates of an authority of its own. */
export interface RunningEdge {
  /** `host:port` at which it answers TLS. */
  address: string;
  httpUrl: string;
  /** Caddy's API. */
  adminUrl: string;
  /** `host:port` of a page that names the tenant. */
  upstream: string;
  storageDir: string;
  /** PEM of the authority. */
  rootsFile: string;
  /** `host:port` of a name server for which every name leads here, and its API: `POST /set-txt {host, value}`. */
  nameServer: string;
  nameServerAdmin: string;
}

/** Progress of a server while the stack starts, runs or stops. */
export interface StackEvent {
  server: ServerName;
  /** A `warning` should be seen although the start goes on, for example that a download was refused and replaced. */
  phase: 'found' | 'fetching' | 'building' | 'starting' | 'warning' | 'ready' | 'unavailable' | 'stopped';
  detail?: string;
  /** Seconds since the start of this server began. */
  seconds?: number;
  /** Progress from 0 to 100, if known. */
  percent?: number;
}

/** A server that is not available on this machine, with the reason and the remedy. */
export interface UnavailableServer {
  server: ServerName;
  why: string;
  command: string;
}

/** The requested servers, starting or running. */
export interface Stack {
  /** Grows: a server's entry appears once that server is ready. */
  readonly endpoints: Endpoints;
  readonly unavailable: UnavailableServer[];
  /** Addresses that are fixed although their servers do not answer yet, for clients that retry on their own. */
  readonly announced: Endpoints;
  /** Resolves once the server's address is fixed, that is, in `announced` or `endpoints`. Rejects like `ready`. */
  known(server: ServerName): Promise<void>;
  /** Resolves once the server is ready. Rejects with `ServerUnavailable` if it is not available or was not requested. */
  ready(server: ServerName): Promise<void>;
  /** Resolves once every server is ready or unavailable. */
  settled(): Promise<void>;
  /** The running processes, for example `postgres.eu-central`, `s3.us-east`, `temporal`. */
  processes(): { name: string; pid: number }[];
  /** Sends a signal (default SIGKILL) to one process; waits for its end unless the signal is SIGSTOP or SIGCONT. */
  kill(name: string, signal?: NodeJS.Signals): Promise<void>;
  /** Restarts one process with the same port, data and credentials, or starts it if it does not run. */
  restart(name: string): Promise<void>;
  /** Stops every process and build of this stack and keeps its data. May be called at any time, and more than once. */
  stop(): Promise<void>;
}
