import { z } from 'zod';
import { auditFindingIdSchema, operationIdSchema, pageOf, timestamp } from './common';
import { auditedReason } from './request-schemas';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

const facts = {
  tenantId: z.string().meta({ description: 'The tenant, or `control-plane`.' }),
  sequence: z.int().min(1).meta({ description: 'Starts at 1 and has no gaps.' }),
  at: timestamp,
  operationId: operationIdSchema.optional(),
  actor: z.string().meta({ example: 'token:operator' }),
  action: z.string().meta({ example: 'operation.active' }),
  detail: z.record(z.string(), z.unknown()),
};

/** A page of entries of all trails. */
export const auditEntryPageSchema = pageOf(
  z.strictObject(facts).meta({ id: 'AuditEntry', description: 'An entry of an audit trail, without its hashes.' }),
  'AuditEntryPage',
);

/** One line of an exported trail. */
export const auditRecordSchema = z
  .strictObject({
    ...facts,
    previousHash: hash.meta({ description: '`hash` of the previous entry; 64 zeros for the first one.' }),
    hash: hash.meta({
      description:
        'SHA-256 of the bytes of `previousHash` followed by the canonical JSON (RFC 8785) of all fields but the two hashes.',
    }),
  })
  .meta({
    id: 'AuditRecord',
    description: 'An entry of an audit trail: an event, chained by hash to the event before it.',
  });

/** The last line of an exported trail. */
export const signedHeadSchema = z
  .strictObject({ payload: z.string(), protected: z.string(), signature: z.string() })
  .meta({
    id: 'SignedAuditHead',
    description:
      'A JWS (RFC 7515, flattened) over `{ tenantId, sequence, hash, at }`, as stored in the region’s vault.',
  });

/** The public keys that verify signed heads. */
export const auditKeysSchema = z
  .strictObject({
    keys: z.array(
      z.strictObject({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        x: z.string(),
        kid: z.string(),
        alg: z.string(),
        use: z.literal('sig'),
      }),
    ),
  })
  .meta({ id: 'AuditKeys', description: 'A JWK Set, RFC 7517.' });

/** A problem found in an audit trail. */
export const auditFindingSchema = z
  .strictObject({
    findingId: auditFindingIdSchema,
    tenantId: z.string().meta({ description: 'The tenant, or `control-plane`.' }),
    region: z.string(),
    sequence: z.int().min(0).meta({ description: 'Sequence of the entry concerned; 0 when no entry is.' }),
    problem: z.string().meta({ example: 'Entry 4 was edited: its content does not match the hash in it.' }),
    foundAt: timestamp,
    state: z.enum(['open', 'accepted']),
    head: z
      .strictObject({ key: z.string(), sequence: z.int().min(0), hash: hash.optional() })
      .meta({
        description:
          'The newest head in the region’s vault at that time. It lacks a `hash` when no known key had signed it, and is absent when the vault had no head.',
      })
      .optional(),
    acceptance: z
      .strictObject({
        by: z.string().meta({ example: 'token:operator' }),
        at: timestamp,
        reason: z.string(),
        entry: z.int().min(1).meta({ description: 'Sequence of the entry in the trail that records the acceptance.' }),
      })
      .optional(),
  })
  .meta({ id: 'AuditFinding', description: 'A trail that contradicts its newest signed head.' });

/** Body of `POST /v1/audit/findings/{findingId}:accept`. */
export const acceptFindingRequestSchema = z.strictObject({ reason: auditedReason }).meta({
  id: 'AcceptAuditFindingRequest',
  description: 'Accepts a trail as it is, so that its heads are signed again from here on.',
});

/** The problems found in audit trails. */
export const auditFindingsSchema = z
  .strictObject({ items: z.array(auditFindingSchema) })
  .meta({ id: 'AuditFindings', description: 'Trails that contradict their newest signed head, newest first.' });
