import { z } from 'zod';
import { PLANS } from '../../orders/order';
import { TENANT_STATES } from '../../tenants/states';
import { operationIdSchema, tenantIdSchema, timestamp } from '../common';

const jurisdiction = z
  .string()
  .nullable()
  .meta({ description: 'The jurisdiction that applies; null where none was stated.', example: 'EU' });

const entry = z
  .strictObject({
    tenantId: tenantIdSchema,
    operationId: operationIdSchema.nullable(),
    askedBy: z.string().meta({ description: 'The activity that asked, the same for all of its attempts.' }),
    probe: z
      .string()
      .meta({ description: 'Name of the probe that found the answer.', example: 'storage.anonymous.read' }),
    check: z.string().meta({
      description:
        'Stable name of the check. `baseline.<rule>@<version>` is a rule applied to the answers, `scan.…` a result of a scanner.',
      example: 'storage.anonymous.read',
    }),
    claim: z.string().meta({ description: 'What should hold.' }),
    passed: z.boolean(),
    provider: z.string().meta({ description: 'The provider that answered.', example: 'versity' }),
    region: z.string().meta({ example: 'eu-central' }),
    answered: z.string().meta({ description: 'The answer.', example: 'AccessDenied (403)' }),
    at: timestamp,
    hash: z
      .string()
      .meta({ description: 'SHA-256, hexadecimal, of the canonical JSON (RFC 8785) of the fields above.' }),
    current: z.boolean().meta({ description: 'False when a later entry answers the same check.' }),
  })
  .meta({ id: 'EvidenceEntry', description: 'One answer, as it was given. Entries never change.' });

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
  .meta({ id: 'EvidencePlace', description: 'The location of a resource of the tenant, from the ledger.' });

const personalData = z
  .strictObject({
    data: z.string(),
    where: z.string(),
    protection: z.string(),
  })
  .meta({ id: 'PersonalDataPlace', description: 'Where personal data is kept, and what protects it.' });

const generation = z
  .strictObject({
    generation: z.int(),
    wrappedBy: z.string().meta({ description: 'The keeper of the key that wraps it.', example: 'local' }),
    region: z
      .string()
      .nullable()
      .meta({ description: 'Region of the wrapping key; null for the control plane’s key ring.' }),
    madeAt: timestamp,
    destroyedAt: timestamp.nullable(),
  })
  .meta({ id: 'KeyGenerationEvidence', description: 'A generation of the tenant’s own key; never the key.' });

const processor = z
  .strictObject({
    service: z.enum(['identity', 'billing', 'mail']),
    name: z.string(),
    jurisdiction,
    insideJurisdiction: z.boolean().nullable().meta({
      description: 'Whether it is in the jurisdiction of the tenant’s region; null where its own was not stated.',
    }),
    receives: z.string().meta({ description: 'The personal data that it receives.' }),
  })
  .meta({ id: 'Processor', description: 'A service that all regions share and that processes personal data.' });

/** The complete evidence about a tenant, for auditors. */
export const tenantEvidenceSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    operationId: operationIdSchema,
    state: z.enum(TENANT_STATES),
    status: z.string().meta({ description: 'Status of the operation that provisioned the tenant.' }),
    plan: z.enum(PLANS),
    readAt: timestamp,
    residency: z.strictObject({
      asked: z
        .string()
        .nullable()
        .meta({ description: 'The residency that the order asks for; null when none.', example: 'EU' }),
      region: z.string().nullable(),
      jurisdiction,
    }),
    template: z.strictObject({
      id: z.string(),
      version: z.string(),
      fingerprint: z.string().meta({ description: 'SHA-256 of the canonical JSON of the template that the run used.' }),
      schemaVersion: z.string().meta({ description: 'Version of the SQL that was applied.', example: '0001' }),
      isolation: z.enum(['pooled', 'schema', 'database']),
    }),
    encryption: z.strictObject({
      level: z
        .string()
        .nullable()
        .meta({ description: 'As ordered; null when none was ordered or the key is destroyed.' }),
      key: z.enum(['present', 'destroyed']).meta({
        description:
          'The tenant’s own key, which encrypts the personal data in the control plane. Once it is destroyed, that data is unreadable.',
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
    links: z.record(z.string(), z.string()).meta({ description: 'Further requests about the tenant.' }),
  })
  .meta({
    id: 'TenantEvidence',
    description: 'Evidence for each claim about a tenant: which provider was asked, what it answered, and when.',
  });

/** The complete evidence about a tenant, for auditors. */
export type TenantEvidence = z.infer<typeof tenantEvidenceSchema>;
