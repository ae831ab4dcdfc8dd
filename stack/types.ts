/** The servers the stack knows. `kubernetes` is only started when it is asked for by name; `scanner` is a program that is only put in place. */
export type ServerName = 'postgres' | 'temporal' | 's3' | 'keycloak' | 'stripe' | 'mail' | 'kubernetes' | 'scanner';

/** The two places tenants can live in; each has database servers and an object store of its own. */
export const REGIONS = ['eu-central', 'us-east'] as const;

/** How to reach one region's database cluster. */
export interface RegionDatabase {
  /** Role `provisioner` (LOGIN CREATEDB CREATEROLE, not superuser), database `postgres`. */
  url: string;
  /** Role `postgres`, database `postgres`; for tests that look from above. */
  superuserUrl: string;
  /** As the server names it, for example `15.10`. */
  version: string;
}

/** How to reach one region's object store. The keys are those of the store's root user. */
export interface RegionObjectStore {
  endpoint: string;
  adminEndpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** The S3 region requests are signed for. */
  region: string;
}

/** Addresses and administrators' credentials of the servers that are ready. Written to files with mode 0600 only. */
export interface Endpoints {
  postgres?: {
    /** Role `registry_app`, which may use the tables of database `registry`; and `registry`, which owns it. */
    registry: { url: string; ownerUrl?: string };
    regions: Record<string, RegionDatabase>;
  };
  temporal?: { address: string; namespace: string; ui: string };
  s3?: Record<string, RegionObjectStore>;
  keycloak?: {
    url: string;
    adminUser: string;
    adminPassword: string;
    /** Service account in realm `master` with the role `admin`; for the worker. */
    clientId: string;
    clientSecret: string;
  };
  stripe?: { url: string; apiKey: string };
  /** `api` lists all mails as JSON; `<api>/<id>` is one, DELETE `<api>/all` removes them. */
  mail?: { smtp: string; ui: string; api: string };
  kubernetes?: { kubeconfig: string; server: string };
  /** S3Scanner: a path, or a name on PATH. */
  scanner?: { command: string };
}

/** Something to tell about a server while the stack comes up or goes down. */
export interface StackEvent {
  server: ServerName;
  phase: 'found' | 'fetching' | 'building' | 'starting' | 'ready' | 'unavailable' | 'stopped';
  detail?: string;
  /** Since this server's turn began. */
  seconds?: number;
  /** 0 to 100, where it is known. */
  percent?: number;
}

/** A server that could not be had on this machine, and what would get it. */
export interface UnavailableServer {
  server: ServerName;
  why: string;
  command: string;
}

/** What was asked for, coming up or running. */
export interface Stack {
  /** Grows: a server's part is there once the server is ready. */
  readonly endpoints: Endpoints;
  readonly unavailable: UnavailableServer[];
  /** Addresses that are decided although nobody answers there yet, for those who can wait there themselves. */
  readonly announced: Endpoints;
  /** Resolves when the server's address is decided: when it is in `announced` or `endpoints`. Rejects like `ready`. */
  known(server: ServerName): Promise<void>;
  /** Resolves when the server is ready. Rejects with `ServerUnavailable` when it cannot be had, or if it was not asked for. */
  ready(server: ServerName): Promise<void>;
  /** Resolves when every server is either ready or unavailable. */
  settled(): Promise<void>;
  /** The processes that run, for example `postgres.eu-central`, `s3.us-east`, `temporal`. */
  processes(): { name: string; pid: number }[];
  /** Sends a signal (default SIGKILL) to one process; waits for its end unless the signal is SIGSTOP or SIGCONT. */
  kill(name: string, signal?: NodeJS.Signals): Promise<void>;
  /** Starts one process again with the same port, data and credentials; stops it first if it runs. */
  restart(name: string): Promise<void>;
  /** Ends every process and every build of this stack. Data stays. May be called at any time, and more than once. */
  stop(): Promise<void>;
}
