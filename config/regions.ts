import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const name = z.string().regex(/^[a-z][a-z0-9-]{1,40}$/, 'must be a lower-case name such as eu-central');

const jurisdiction = z.string().regex(/^[A-Z]{2,3}$/, 'must be a code such as EU or US');

/** Jurisdictions that copies go to by themselves: standbys, replicated buckets. Nobody but who runs the servers knows. */
const replicas = z.array(jurisdiction).optional();

const storage = z
  .strictObject({
    provider: z.enum(['versity', 'aws']),
    name,
    /** Absent for AWS itself. */
    endpoint: z.url().optional(),
    /** Versity only: where users are managed. */
    adminEndpoint: z.url().optional(),
    /** AWS only: for a local AWS-shaped server. */
    iamEndpoint: z.url().optional(),
    region: z.string(),
    accessKeyId: z.string().min(1),
    secretAccessKey: z.string().min(1),
    /** Buckets. */
    capacity: z.int().positive(),
    /** The control plane's own bucket, for audit heads and backups; `tenant-vault-<region>` unless it is named. */
    vaultBucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be a bucket name')
      .optional(),
    /** Where the store copies objects to by itself; backups lie in it and go along. */
    replicas,
  })
  .refine(({ provider, vaultBucket }) => provider !== 'aws' || vaultBucket !== undefined, {
    path: ['vaultBucket'],
    message: 'must be named at AWS, where all accounts share the names of buckets',
  });

const keys = z.discriminatedUnion('provider', [
  /** The control plane's key ring; a tenant has no key of its own to wrap its data key. */
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

const region = z.strictObject({
  name,
  jurisdiction,
  /** Others that data of tenants without a residency of their own may go to; the region's own always may. */
  allowedJurisdictions: z.array(jurisdiction).optional(),
  database: z.strictObject({
    cells: z
      .array(
        z.strictObject({
          name,
          /** A login that may create roles and databases; a superuser is not needed and not wanted. */
          url: z.url(),
          /** Tenants. */
          capacity: z.int().positive(),
          maxConnections: z.int().positive().default(10),
          /** Whether to refuse a cell whose owner has left something unbounded that one tenant can use up for all; otherwise the worker only says so. */
          requireBounds: z.boolean().optional(),
          replicas,
        }),
      )
      .min(1),
  }),
  storage,
  /** Who wraps the data keys of tenants that order a key of their own; without it nobody does. */
  keys: keys.optional(),
  compute: z.strictObject({
    /** Cells of the application that pooled tenants are placed on. */
    pool: z.array(z.strictObject({ name, capacityCpuMillis: z.int().positive() })),
    /** A cluster for tenants with a namespace of their own. */
    kubernetes: z.strictObject({ name, kubeconfig: z.string(), capacityCpuMillis: z.int().positive() }).optional(),
  }),
});

const processor = z.strictObject({ name: z.string().min(1).max(100), jurisdiction }).optional();

const processors = z.strictObject({ identity: processor, billing: processor, mail: processor });

const document = z.strictObject({
  regions: z.array(region).min(1),
  /** Who processes personal data for all regions alike, and under which law. What is not stated is reported as not stated. */
  processors: processors.optional(),
});

/** A place with its own database servers, object store and compute, in a jurisdiction. */
export type RegionSettings = z.infer<typeof region>;

/** A region's object store. */
export type StorageSettings = z.infer<typeof storage>;

/** Access to a region's key management. */
export type KmsSettings = Extract<z.infer<typeof keys>, { provider: 'aws-kms' }>;

/** What the key keepers need of a region. */
export type RegionKeys = Pick<RegionSettings, 'name' | 'keys'>;

/** One PostgreSQL server of a region. */
export type DatabaseCellSettings = RegionSettings['database']['cells'][number];

/** Who runs the services that belong to no region; those that the regions file says nothing of are absent. */
export type ProcessorSettings = z.infer<typeof processors>;

/**
 * The regions file, with `${NAME}` replaced from the environment so that the file itself holds no secret.
 * Throws with the file, the path inside it and the reason.
 */
export function loadRegions(file: string, environment: Record<string, string | undefined>): RegionSettings[] {
  return loadDocument(file, environment).regions;
}

/** What the regions file says of the processors outside the regions. Throws like {@link loadRegions}. */
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
 * Only the keys of the regions in the file: for a process that reads what is encrypted and reaches nothing else there, so that it needs no
 * variables but theirs. Throws like {@link loadRegions}.
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
