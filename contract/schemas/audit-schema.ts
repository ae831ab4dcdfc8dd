import { z } from 'zod';
import { auditFindingIdSchema, operationIdSchema, timestamp } from './common';
import { auditedReason } from './request-schemas';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** One line of an exported trail. */
export const auditRecordSchema = z
  .strictObject({
    tenantId: z.string().meta({ description: 'The tenant, or `control-plane`.' }),
    sequence: z.int().min(1).meta({ description: 'From 1, without a gap.' }),
    at: timestamp,
    operationId: operationIdSchema.optional(),
    actor: z.string().meta({ example: 'token:operator' }),
    action: z.string().meta({ example: 'operation.active' }),
    detail: z.record(z.string(), z.unknown()),
    previousHash: hash.meta({ description: '`hash` of the entry before; of the first one 64 zeros.' }),
    hash: hash.meta({
      description:
        'SHA-256 of the bytes of `previousHash` and the canonical JSON (RFC 8785) of everything but both hashes.',
    }),
  })
  .meta({
    id: 'AuditRecord',
    description: 'An entry of an audit trail: what happened, chained to what happened before.',
  });

/** The last line of an exported trail. */
export const signedHeadSchema = z
  .strictObject({ payload: z.string(), protected: z.string(), signature: z.string() })
  .meta({
    id: 'SignedAuditHead',
    description:
      'A JWS (RFC 7515, flattened) over `{ tenantId, sequence, hash, at }`, as it lies in the region’s vault.',
  });

/** The keys heads are signed with. */
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

/** Something that was found wrong with a trail. */
export const auditFindingSchema = z
  .strictObject({
    findingId: auditFindingIdSchema,
    tenantId: z.string().meta({ description: 'The tenant, or `control-plane`.' }),
    region: z.string(),
    sequence: z.int().min(0).meta({ description: 'Of the entry it is about; 0: of none.' }),
    problem: z.string().meta({ example: 'Entry 4 was edited: what it says does not have the hash that stands in it.' }),
    foundAt: timestamp,
    state: z.enum(['open', 'accepted']),
    head: z
      .strictObject({ key: z.string(), sequence: z.int().min(0), hash: hash.optional() })
      .meta({
        description:
          'The newest head in the region’s vault when it was found. Without a `hash` nobody known had signed it; absent: there was none.',
      })
      .optional(),
    acceptance: z
      .strictObject({
        by: z.string().meta({ example: 'token:operator' }),
        at: timestamp,
        reason: z.string(),
        entry: z.int().min(1).meta({ description: 'Sequence of the entry in the trail that says so.' }),
      })
      .optional(),
  })
  .meta({ id: 'AuditFinding', description: 'A trail that is not what its newest signed head says.' });

/** Body of `POST /v1/audit/findings/{findingId}:accept`. */
export const acceptFindingRequestSchema = z
  .strictObject({ reason: auditedReason })
  .meta({ id: 'AcceptAuditFindingRequest', description: 'Lets a trail go on from what it is.' });

/** What was found wrong with trails. */
export const auditFindingsSchema = z
  .strictObject({ items: z.array(auditFindingSchema) })
  .meta({ id: 'AuditFindings', description: 'Trails that are not what their newest signed head says, newest first.' });
