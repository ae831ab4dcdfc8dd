import type pg from 'pg';
import type { ProcessorSettings, RegionSettings } from '../config/regions';
import type { Waiting } from '../registry/scans';
import type { Baseline } from '../templates/baseline';
import type { Keys } from './adapters/keys/keys';
import type { Keycloak } from './adapters/keycloak/keycloak';
import type { Kubernetes } from './adapters/kubernetes/kubernetes';
import type { Mailer } from './adapters/mail/mailer';
import type { Postgres } from './adapters/postgres/postgres';
import type { RegistryKinds } from './adapters/registry/kinds';
import type { Scanner } from './adapters/scanner/scanner';
import type { Storage } from './adapters/storage/storage';
import type { Billing } from './adapters/stripe/stripe';
import type { AuditSigner } from './audit-signer';
import type { BackupRuns } from './backup-runs';
import type { Effects } from './effect';
import type { ResourceSecrets } from './kind';
import type { KindTable } from './kind-table';
import type { OperationRuns } from './runs';

/** Everything the activities work with, composed once in `worker.ts`. */
export interface Dependencies {
  pool: pg.Pool;
  keys: Keys;
  regions: RegionSettings[];
  /** Who processes personal data outside the regions, as far as it is stated. */
  processors: ProcessorSettings;
  /** What step 9 requires of a finished tenant. */
  baseline: Baseline;
  effects: Effects;
  kinds: KindTable;
  runs: OperationRuns;
  backupRuns: BackupRuns;
  registry: RegistryKinds;
  postgres: Postgres;
  storage: Storage;
  kubernetes: Kubernetes;
  keycloak: Keycloak;
  billing: Billing;
  mailer: Mailer;
  scanner: Scanner;
  auditSigner: AuditSigner;
  /** The abort signal of the running activity. */
  signal(): AbortSignal;
  /** The running activity's name: unlike any other's, and the same in all of its attempts. */
  activity(): string;
  /** The running activity as Temporal knows it, to be ended by somebody else. */
  execution(): Waiting;
  /** Secrets of the regions' probe tenants and shared logins. */
  sharedSecrets: ResourceSecrets;
  settings: ActivitySettings;
}

/** What the activities need of the environment. */
export interface ActivitySettings {
  /** Base URL of the API, for links in mail. */
  publicUrl: string;
  /** Temporal Web UI, for links in mail to operators. */
  temporalUiUrl?: string | undefined;
  temporalNamespace: string;
  /** Tenants are reached at `<tenantName>.<appDomain>`. */
  appDomain: string;
  operatorMail: string[];
  approverMail: string[];
  /** Seconds the undo of one step is tried by a run that the sweeper begins. */
  compensationSeconds: number;
  sweep: {
    /** Seconds between finding something and doing something about it. */
    graceSeconds: number;
    /** Seconds without a sign of life after which an operation may have lost its run. */
    leaseSeconds: number;
  };
}
