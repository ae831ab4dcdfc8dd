import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const name = z.string().regex(/^[a-z][a-z0-9-]{1,40}$/, 'must be a lower-case name such as eu-central');

const jurisdiction = z.string().regex(/^[A-Z]{2,3}$/, 'must be a code such as EU or US');

/** Jurisdictions that receive automatic copies: standbys, replicated buckets. Only the operator of the servers knows them. */
const replicas = z.array(jurisdiction).optional();

const storage = z
  .strictObject({
    provider: z.enum(['versity', 'aws']),
    name,
    /** Absent for AWS itself. */
    endpoint: z.url().optional(),
    /** Versity only: the API that manages users. */
    adminEndpoint: z.url().optional(),
    /** AWS only: the IAM endpoint of a local server that imitates AWS. */
    iamEndpoint: z.url().optional(),
    region: z.string(),
    accessKeyId: z.string().min(1),
    secretAccessKey: z.string().min(1),
    /** Number of buckets. */
    capacity: z.int().positive(),
    /** The control plane's own bucket, for audit heads and backups; `tenant-vault-<region>` by default. */
    vaultBucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be a bucket name')
      .optional(),
    /** Jurisdictions to which the store replicates objects, including the backups in it. */
    replicas,
  })
  .refine(({ provider, vaultBucket }) => provider !== 'aws' || vaultBucket !== undefined, {
    path: ['vaultBucket'],
    message: 'must be set for AWS, where all accounts share one namespace of bucket names',
  });

const keys = z.discriminatedUnion('provider', [
  /** The control plane's key ring wraps the data keys; tenants have no wrapping key of their own. */
  z.strictObject({ provider: z.literal('local') }),
  z.strictObject({
    provider: z.literal('aws-kms'),
    region: z.string(),
    /** Absent for AWS itself. */
    endpoint: z.url().optional(),
    accessKeyId: z.string().min(1),
    secretAccessKey: z.string().min(1),
  }),
]);

const monitoring = z.strictObject({
  provider: z.literal('victoria'),
  name,
  /** The gateway, as tenants' programs reach it. */
  url: z.url(),
  /** The stores of metrics and logs and the server of alert rules, which no tenant reaches. */
  metricsUrl: z.url(),
  logsUrl: z.url(),
  alertsUrl: z.url(),
  /** Addresses that make gateway and alert rules be read again, with their keys if they have any. */
  reloadUrls: z.array(z.url()).min(1),
  /** Folder for the configuration of gateway and alert rules, which the region's workers and these two servers share. */
  folder: z.string().min(1),
  /** Days for which both stores keep what they are sent. */
  retentionDays: z.int().positive(),
});

const region = z.strictObject({
  name,
  jurisdiction,
  /** Jurisdictions, in addition to the region's own, that data of tenants without a residency may enter. */
  allowedJurisdictions: z.array(jurisdiction).optional(),
  database: z.strictObject({
    cells: z
      .array(
        z.strictObject({
          name,
          /** URL with a login that may create roles and databases. A superuser is neither needed nor wanted. */
          url: z.url(),
          /** Number of tenants. */
          capacity: z.int().positive(),
          maxConnections: z.int().positive().default(10),
          /** Refuse a cell whose owner lets one tenant exhaust a resource that all tenants share; by default the worker only warns. */
          requireBounds: z.boolean().optional(),
          replicas,
        }),
      )
      .min(1),
  }),
  storage,
  /** Key management for tenants that order a key of their own; without it the region cannot serve such orders. */
  keys: keys.optional(),
  compute: z.strictObject({
    /** Application cells on which pooled tenants are placed. */
    pool: z.array(z.strictObject({ name, capacityCpuMillis: z.int().positive() })),
    /** Cluster for tenants with a namespace of their own. */
    kubernetes: z.strictObject({ name, kubeconfig: z.string(), capacityCpuMillis: z.int().positive() }).optional(),
  }),
  /** Where tenants' metrics, logs and alert rules are; without it the region cannot serve plans with monitoring. */
  monitoring: monitoring.optional(),
});

const processor = z.strictObject({ name: z.string().min(1).max(100), jurisdiction }).optional();

const processors = z.strictObject({ identity: processor, billing: processor, mail: processor });

const document = z.strictObject({
  regions: z.array(region).min(1),
  /** Services that process personal data for all regions, with their jurisdictions. Evidence reports an absent one as not stated. */
  processors: processors.optional(),
});

/** A region: a place in a jurisdiction with its own database servers, object store and compute. */
export type RegionSettings = z.infer<typeof region>;

/** A region's object store. */
export type StorageSettings = z.infer<typeof storage>;

/** A region's servers of metrics, logs and alert rules. */
export type MonitoringSettings = z.infer<typeof monitoring>;

/** Access to a region's key management. */
export type KmsSettings = Extract<z.infer<typeof keys>, { provider: 'aws-kms' }>;

/** The settings of a region that the key keepers need. */
export type RegionKeys = Pick<RegionSettings, 'name' | 'keys'>;

/** One PostgreSQL server of a region. */
export type DatabaseCellSettings = RegionSettings['database']['cells'][number];

/** Providers of the services that belong to no region; absent where the regions file does not name one. */
export type ProcessorSettings = z.infer<typeof processors>;

/**
 * The regions in the regions file, with `${NAME}` replaced from the environment so that the file itself holds no secret.
 * The error names the file, the path inside it and the reason.
 */
export function loadRegions(file: string, environment: Record<string, string | undefined>): RegionSettings[] {
  return loadDocument(file, environment).regions;
}

/** The processors outside the regions, as the regions file names them. Throws like {@link loadRegions}. */
export function loadProcessors(file: string, environment: Record<string, string | undefined>): ProcessorSettings {
  return loadDocument(file, environment).processors ?? {};
}

function loadDocument(file: string, environment: Record<string, string | undefined>): z.infer<typeof document> {
  const text = filledIn(readFileSync(file, 'utf8'), file, environment);
  const parsed = document.safeParse(parse(text));
  if (!parsed.success) throw new Error(`${file} is not a regions file:\n${z.prettifyError(parsed.error)}`);
  const names = parsed.data.regions.map((entry) => entry.name);
  const twice = names.find((entry, index) => names.indexOf(entry) !== index);
  if (twice) throw new Error(`${file} has the region ${twice} twice.`);
  return parsed.data;
}

const keysDocument = z.object({ regions: z.array(z.object({ name, keys: keys.optional() })).min(1) });

/**
 * Only the key settings of the regions in the file. A process that decrypts data but reaches nothing else in the regions needs no other
 * variables of the file. Throws like {@link loadRegions}.
 */
export function loadRegionKeys(file: string, environment: Record<string, string | undefined>): RegionKeys[] {
  const { regions = [] } = parse(readFileSync(file, 'utf8')) as { regions?: { name?: unknown; keys?: unknown }[] };
  const only = { regions: regions.map((entry) => ({ name: entry.name, keys: entry.keys })) };
  const filled: unknown = JSON.parse(JSON.stringify(only), (_, value: unknown) =>
    typeof value === 'string' ? filledIn(value, file, environment) : value,
  );
  const parsed = keysDocument.safeParse(filled);
  if (!parsed.success) throw new Error(`${file} is not a regions file:\n${z.prettifyError(parsed.error)}`);
  return parsed.data.regions;
}

function filledIn(text: string, file: string, environment: Record<string, string | undefined>): string {
  return text.replace(/\$\{([A-Z0-9_]+)\}/g, (_, variable: string) => {
    const value = environment[variable];
    if (value === undefined) throw new Error(`${file} needs the environment variable ${variable}, which is not set.`);
    return value;
  });
}
