import type pg from 'pg';
import type { KeyWrapper } from '../contract/keys/key-wrapping';
import type { ProcessorSettings, RegionSettings } from '../config/regions';
import type { Queryable } from '../registry/database';
import type { Waiting } from '../registry/evidence/scans';
import type { Baseline } from '../templates/baseline';
import type { Providers } from '../providers/providers';
import type { WebhookSender } from '../providers/webhooks/sender';
import type { NoteWebhookAttempt } from './webhooks/interface';
import type { AuditSigner } from '../providers/keys/audit-signer';
import type { BackupRuns } from './temporal/backup-runs';
import type { Effects } from './effects/effect';
import type { DomainProofs } from '../providers/port/domain-proofs';
import type { SsoProbe } from '../providers/port/sso-probe';
import type { ResourceKind, ResourceSecrets } from '../providers/port/kind';
import type { RegionStorage } from '../providers/storage/storage';
import type { KindTable } from './effects/kind-table';
import type { OperationRuns } from './temporal/operation-runs';
import type { TrialRuns } from './temporal/trial-runs';

/** Everything the activities work with, composed once in `worker/compose.ts`. Each activity factory takes the few members that it needs. */
export interface Dependencies extends Providers {
  pool: pg.Pool;
  regions: RegionSettings[];
  /** Processors of personal data outside the regions, as far as the configuration names them. */
  processors: ProcessorSettings;
  /** What step 9 requires of a finished tenant. */
  baseline: Baseline;
  effects: Effects;
  kinds: KindTable;
  runs: OperationRuns;
  backupRuns: BackupRuns;
  trialRuns: TrialRuns;
  auditSigner: AuditSigner;
  webhookSender: WebhookSender;
  domainProofs: DomainProofs;
  ssoProbe: Pick<SsoProbe, 'readMetadata'>;
  noteWebhookAttempt: NoteWebhookAttempt;
  /** The abort signal of the running activity. */
  signal(): AbortSignal;
  /** A unique name of the running activity, which stays the same in all of its attempts. */
  activity(): string;
  /** Identifies the running activity to Temporal, so that another process can complete it. */
  execution(): Waiting;
  /** Secrets of the regions' probe tenants and shared logins. */
  sharedSecrets: ResourceSecrets;
  settings: ActivitySettings;
}

/** What it takes to load an operation with its order decrypted. */
export interface OrderDependencies {
  pool: Queryable;
  keys: KeyWrapper;
}

/** What a step takes that makes an order's resources. */
export interface StepDependencies extends OrderDependencies {
  effects: Pick<Effects, 'ensure'>;
  kinds: Pick<KindTable, 'of'>;
}

/** What it takes to write a mail down, fill in its content and send it. */
export interface MailDependencies extends OrderDependencies, Pick<Dependencies, 'signal'> {
  pool: pg.Pool;
  keycloak: Pick<Dependencies['keycloak'], 'adminAccessUrl'>;
  mailer: Pick<Dependencies['mailer'], 'send' | 'classify'>;
  settings: Pick<
    ActivitySettings,
    'approverMail' | 'operatorMail' | 'publicUrl' | 'temporalNamespace' | 'temporalUiUrl'
  >;
}

/** A kind of which only the name is used: to find its ledger row or its secrets. */
export type KindName = Pick<ResourceKind, 'kind'>;

/** Some members of each region's object storage. */
export interface StorageWith<Member extends keyof RegionStorage> {
  forRegion(region: string): Pick<RegionStorage, Member>;
}

/** Settings that the activities take from the environment. */
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
  /** Seconds for which a run started by the sweeper retries the undo of one step. */
  compensationSeconds: number;
  /** Days for which events are kept; 0 for ever. */
  eventRetentionDays: number;
  sweep: {
    /** Seconds between finding something and acting on it. */
    graceSeconds: number;
    /** Seconds without any activity after which an operation may have lost its run. */
    leaseSeconds: number;
  };
}
