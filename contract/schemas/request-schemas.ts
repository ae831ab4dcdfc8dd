import { z } from 'zod';
import { isPlainText } from '../message-text';
import { RESOLUTION_VERBS } from '../states';
import { lengthOf } from '../text-length';
import { operationIdSchema } from './common';
import { mergePatch } from './merge-patch';

const LONGEST_COMMENT = 1000;

const comment = z
  .string()
  .refine((text) => lengthOf(text) <= LONGEST_COMMENT, {
    error: `Is longer than ${LONGEST_COMMENT} characters. Shorten it.`,
  })
  .refine(isPlainText, {
    error: 'Contains control or text-direction characters. Remove them.',
  });

/** Body of `POST /v1/operations/{id}/approval`. */
export const approvalRequestSchema = z
  .strictObject({
    decision: z.enum(['approve', 'reject']),
    comment: comment.meta({ description: 'Why; kept with the decision.', example: 'Agreed with sales.' }).optional(),
  })
  .meta({ id: 'ApprovalRequest', description: 'An approver’s decision.' });

/** Body of `POST /v1/operations/{id}/cancel`. */
export const cancelRequestSchema = z
  .strictObject({ reason: comment.meta({ description: 'Why; kept in the audit trail.' }).optional() })
  .meta({
    id: 'CancelRequest',
    description: 'Stops an operation that has not reached its end and undoes what it made.',
  });

const why = comment.meta({
  description: 'Why; kept in the audit trail, which is never deleted: no personal data.',
  example: 'Agreed with the customer, ticket 4711.',
});

/** A reason that must be given; it is kept in the audit trail. */
export const auditedReason = why.min(1, 'Say why: it stays with the tenant.');

const leftoverName = z.strictObject({
  kind: z.string().min(1).max(100).meta({ example: 'bucket' }),
  id: z.string().min(1).max(500).meta({ example: 't-k3v9x2m4q7w8r5ta' }),
});

/** Body of `POST /v1/operations/{id}/resolution`. */
export const resolutionRequestSchema = z
  .discriminatedUnion(
    'verb',
    [
      z.strictObject({ verb: z.literal('retry'), reason: why.optional() }).meta({ id: 'Retry' }),
      z.strictObject({ verb: z.literal('compensate'), reason: why.optional() }).meta({ id: 'Compensate' }),
      z.strictObject({ verb: z.literal('amend'), patch: mergePatch, reason: why.optional() }).meta({ id: 'Amend' }),
      z.strictObject({ verb: z.literal('skip'), reason: auditedReason }).meta({ id: 'Skip' }),
      z
        .strictObject({
          verb: z.literal('accept'),
          leftovers: z
            .array(leftoverName)
            .min(1, 'Name at least one of the operation’s leftovers.')
            .max(100)
            .meta({ description: 'Which of the operation’s leftovers are taken over by hand.' }),
          reason: auditedReason,
        })
        .meta({ id: 'AcceptLeftovers' }),
    ],
    { error: `Must be one of ${RESOLUTION_VERBS.join(', ')}.` },
  )
  .meta({
    id: 'ResolutionRequest',
    description:
      'What becomes of an operation that waits for an operator. On hold: `retry` the failed steps, `amend` the order and retry them, `skip` them, or `compensate`. With leftovers: `retry` the undo, or `accept` leftovers as taken over by hand.',
  });

/** The answer to a resolution that the run has taken. */
export const resolutionAnswerSchema = z
  .strictObject({ operationId: operationIdSchema, resolutionId: z.uuid(), verb: z.enum(RESOLUTION_VERBS) })
  .meta({ id: 'ResolutionTaken', description: 'The run has taken the decision and carries it out.' });

/** Body of `POST /v1/tenants/{id}/credentials:claim`. */
export const claimRequestSchema = z
  .strictObject({
    token: z
      .string()
      .regex(/^[A-Za-z0-9_-]{20,128}$/, 'Is not a claim token. Copy the link of the welcome mail again, whole.')
      .meta({ description: 'The token of the welcome mail’s link.' }),
  })
  .meta({ id: 'ClaimRequest', description: 'Takes the credentials of a tenant, once.' });

/** The credentials a claim hands out, once. */
export const credentialsSchema = z
  .strictObject({
    adminAccessUrl: z.url().meta({ description: 'Where the first admin logs in.' }),
    username: z.string().meta({ description: 'The login name of the first admin.' }).optional(),
    temporaryPassword: z.string().meta({ description: 'Must be changed at the first login.' }),
    apiKeys: z.record(z.string(), z.string()).meta({ description: 'API keys by name.' }),
  })
  .meta({ id: 'Credentials', description: 'What the first admin needs. Shown once.' });

/** An approver's decision. */
export type ApprovalRequest = z.infer<typeof approvalRequestSchema>;

/** What an operator decides about a run that waits for one. */
export type ResolutionRequestBody = z.infer<typeof resolutionRequestSchema>;

/** The credentials a claim hands out. */
export type Credentials = z.infer<typeof credentialsSchema>;
