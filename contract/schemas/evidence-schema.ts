import { z } from 'zod';
import { PLANS } from '../order';
import { operationIdSchema, tenantIdSchema, timestamp } from './common';

const jurisdiction = z
  .string()
  .nullable()
  .meta({ description: 'The law it lies under; null where nobody has stated it.', example: 'EU' });

const entry = z
  .strictObject({
    tenantId: tenantIdSchema,
    operationId: operationIdSchema.nullable(),
    askedBy: z.string().meta({ description: 'The activity that asked, the same in all of its attempts.' }),
    probe: z.string().meta({ description: 'What was done to find out.', example: 'storage.anonymous.read' }),
    check: z.string().meta({
      description:
        'Stable name of what was checked. `baseline.<rule>@<version>` is a rule held against the answers, `scan.…` what a scanner found.',
      example: 'storage.anonymous.read',
    }),
    claim: z.string().meta({ description: 'What should hold.' }),
    passed: z.boolean(),
    provider: z.string().meta({ description: 'Who answered.', example: 'versity' }),
    region: z.string().meta({ example: 'eu-central' }),
    answered: z.string().meta({ description: 'What was answered.', example: 'AccessDenied (403)' }),
    at: timestamp,
    hash: z
      .string()
      .meta({ description: 'SHA-256, hexadecimal, over the canonical JSON (RFC 8785) of the fields above.' }),
    current: z.boolean().meta({ description: 'False when the same was asked again later.' }),
  })
  .meta({ id: 'EvidenceEntry', description: 'One answer, as it was given. It is never changed.' });

const place = z
  .strictObject({
    what: z.string().meta({ description: 'Kind of the resource.', example: 'bucket' }),
    provider: z.string(),
    region: z.string().meta({ description: 'A region, or `global`.' }),
    jurisdiction,
    cell: z.string().optional(),
    id: z.string(),
    state: z.string().meta({ example: 'present' }),
  })
  .meta({ id: 'EvidencePlace', description: 'Where something of the tenant lies, from the ledger.' });

const personalData = z
  .strictObject({
    data: z.string(),
    where: z.string(),
    protection: z.string(),
  })
  .meta({ id: 'PersonalDataPlace', description: 'Where data about people is kept, and what protects it.' });

const generation = z
  .strictObject({
    generation: z.int(),
    wrappedBy: z.string().meta({ description: 'Who keeps the key that wraps it.', example: 'local' }),
    region: z.string().nullable().meta({ description: 'Where that key lies; null: in the control plane’s key ring.' }),
    madeAt: timestamp,
    destroyedAt: timestamp.nullable(),
  })
  .meta({ id: 'KeyGenerationEvidence', description: 'A generation of the tenant’s own key; never the key.' });

const processor = z
  .strictObject({
    service: z.enum(['identity', 'billing', 'mail']),
    name: z.string(),
    jurisdiction,
    insideJurisdiction: z
      .boolean()
      .nullable()
      .meta({ description: 'Whether it lies under the law of the tenant’s region; null where nobody has stated it.' }),
    receives: z.string().meta({ description: 'What it is given about people.' }),
  })
  .meta({ id: 'Processor', description: 'A service that all regions share, and that processes data about people.' });

/** Everything an auditor is told about a tenant. */
export const tenantEvidenceSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    operationId: operationIdSchema,
    status: z.string(),
    plan: z.enum(PLANS),
    readAt: timestamp,
    residency: z.strictObject({
      asked: z.string().nullable().meta({ description: 'What the order says; null when nothing.', example: 'EU' }),
      region: z.string().nullable(),
      jurisdiction,
    }),
    template: z.strictObject({
      id: z.string(),
      version: z.string(),
      fingerprint: z
        .string()
        .meta({ description: 'SHA-256 of the template’s canonical JSON, as the run worked from it.' }),
      schemaVersion: z.string().meta({ description: 'Of the SQL that was applied.', example: '0001' }),
      isolation: z.enum(['pooled', 'schema', 'database']),
    }),
    encryption: z.strictObject({
      level: z.string().nullable().meta({ description: 'As ordered; null when nothing was, or the key is destroyed.' }),
      key: z.enum(['present', 'destroyed']).meta({
        description:
          'The tenant’s own key, under which the control plane keeps data about people. Destroyed: nobody can read it.',
      }),
      generations: z.array(generation),
    }),
    placement: z.record(z.string(), z.string()).nullable(),
    places: z.array(place),
    personalData: z.array(personalData),
    processors: z.array(processor),
    digest: z
      .strictObject({ entries: z.int(), sha256: z.string() })
      .meta({ description: 'SHA-256 over the hashes of all entries, hexadecimal, each followed by a line feed.' }),
    entries: z.array(entry),
    links: z.record(z.string(), z.string()).meta({ description: 'What else can be asked about the tenant.' }),
  })
  .meta({ id: 'TenantEvidence', description: 'What is claimed of a tenant: who was asked, what answered, and when.' });

/** Everything an auditor is told about a tenant. */
export type TenantEvidence = z.infer<typeof tenantEvidenceSchema>;
