import { z } from 'zod';
import { operationIdSchema, tenantIdSchema, timestamp } from '../common';

const SHA256 = /^[0-9a-f]{64}$/;

/** A certificate's random id. */
const certificateIdSchema = z
  .string()
  .regex(/^rc_[0-9a-f]{32}$/)
  .meta({ description: 'Random id of the certificate.', example: 'rc_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60' });

const answerSchema = z
  .strictObject({
    who: z.string().meta({ description: 'The provider that answered.', example: 'postgres' }),
    how: z.enum(['lookup', 'listing']).meta({
      description: '`lookup`: asked for this one thing; `listing`: asked for everything of its kind in the region.',
    }),
    at: timestamp.meta({ description: 'When the question was sent, by the clock of the registry.' }),
    answer: z.enum(['absent', 'scheduled', 'present', 'foreign', 'unanswered']).meta({
      description:
        '`scheduled`: there, unusable, and deleted by the provider itself on `deletesAt`; `foreign`: the name is taken by something without our marks; `unanswered`: there was no complete answer.',
    }),
  })
  .meta({ id: 'RemovalAnswer', description: 'What a provider answered when it was asked again after the removal.' });

const thing = {
  kind: z.string().meta({ example: 'bucket' }),
  provider: z.string().meta({ example: 'versity' }),
  region: z.string().meta({ description: 'A region’s name, or `global`.' }),
  cell: z.string().meta({ description: 'Empty for kinds without cells.' }),
  name: z.string().meta({ description: 'Its name at the provider, which is made of the tenant’s id.' }),
};

/** What a certificate says about a removed tenant: ids, enumerations and times; neither personal data nor the tenant’s name. */
export const removalCertificateSchema = z
  .strictObject({
    version: z.literal(1),
    certificateId: certificateIdSchema,
    headline: z
      .string()
      .meta({ description: 'The result in one sentence. It names everything that an operator accepted.' }),
    tenantId: tenantIdSchema,
    plan: z.string(),
    region: z.string(),
    residency: z.string().nullable().meta({ description: 'The residency that was ordered; null for none.' }),
    operationId: operationIdSchema,
    requested: z.strictObject({
      by: z.string().meta({ example: 'token:signup' }),
      at: timestamp,
      reason: z.string().nullable().meta({ example: 'customer_request' }),
    }),
    announced: z
      .strictObject({
        at: timestamp,
        removalAt: timestamp.nullable().meta({ description: 'The date that was announced.' }),
      })
      .nullable()
      .meta({ description: 'Null if no announcement was recorded.' }),
    began: timestamp.meta({ description: 'When the removal could no longer be called off.' }),
    completed: timestamp,
    resources: z
      .array(
        z.strictObject({
          ...thing,
          removedAt: timestamp,
          deletesAt: timestamp
            .nullable()
            .meta({ description: 'When the provider itself deletes what is `scheduled`; null for what is gone.' }),
          asked: z.array(answerSchema).min(1),
        }),
      )
      .meta({ description: 'Everything the tenant ever had and that was removed.' }),
    accepted: z
      .array(
        z.strictObject({
          ...thing,
          id: z.string().meta({ description: 'The provider’s id.' }),
          by: z.string().meta({ example: 'token:operator' }),
          at: timestamp,
          reason: z.string(),
          asked: z.array(answerSchema),
        }),
      )
      .meta({ description: 'Leftovers that an operator has taken over instead of having them removed.' }),
    retained: z
      .array(
        z.strictObject({
          what: z.string().min(1),
          where: z.string().min(1),
          why: z.string().min(1).meta({ description: 'The law or the reason.' }),
          until: timestamp.nullable().meta({ description: 'Null: for as long as the reason stands.' }),
          readable: z.union([z.literal(false), z.string().min(1)]).meta({
            description: '`false`: it can no longer be read. Otherwise what can be read, and by which readers.',
          }),
        }),
      )
      .min(1)
      .meta({ description: 'What stays on purpose.' }),
    keys: z
      .array(
        z.strictObject({
          key: z.enum(['data-key', 'own-key']).meta({
            description:
              '`data-key`: encrypted the tenant’s data in the registry and the vault; `own-key`: the tenant’s own key at AWS KMS.',
          }),
          generation: z.int().min(1).nullable().meta({ description: 'Null for a tenant’s own key.' }),
          provider: z.string().meta({ example: 'aws-kms' }),
          region: z.string().nullable().meta({ description: 'Null for the control plane’s key ring.' }),
          destroyedAt: timestamp.nullable(),
          deletesAt: timestamp.nullable().meta({
            description: 'The date of the deletion that AWS KMS has scheduled; the key is unusable until then.',
          }),
        }),
      )
      .min(1)
      .meta({ description: 'Every key that the tenant’s data was ever encrypted with.' }),
    evidence: z
      .strictObject({ entries: z.int().min(0), sha256: z.string().regex(SHA256) })
      .meta({ description: 'Digest of all evidence about the tenant, which has the answers in full.' }),
    audit: z.strictObject({ sequence: z.int().min(1), hash: z.string().regex(SHA256) }).meta({
      description: 'The newest entry of the tenant’s audit trail: the one that records the end of the removal.',
    }),
  })
  .meta({
    id: 'RemovalCertificate',
    description: 'What was removed, what every provider answered afterwards, and what stays.',
  });

/** What a certificate says. */
export type RemovalCertificate = z.infer<typeof removalCertificateSchema>;

/** One answer in a certificate. */
export type RemovalAnswer = z.infer<typeof answerSchema>;

/** A certificate as it is handed out. */
export const signedCertificateSchema = z
  .strictObject({
    certificate: removalCertificateSchema.meta({ description: 'A readable copy of what is signed.' }),
    signed: z.strictObject({ payload: z.string(), protected: z.string(), signature: z.string() }).meta({
      description:
        'A JWS (RFC 7515, flattened, Ed25519) over the canonical JSON (RFC 8785) of the certificate. `kid` in its header names one of the keys of `GET /v1/audit/keys`.',
    }),
  })
  .meta({ id: 'SignedRemovalCertificate', description: 'The certificate of a tenant’s removal, with its signature.' });

/** A certificate with its signature. */
export type SignedCertificate = z.infer<typeof signedCertificateSchema>;
