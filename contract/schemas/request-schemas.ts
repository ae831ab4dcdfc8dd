import { z } from 'zod';
import { isRecipient } from '../exports/age-keys';
import { isPlainText } from '../text/message-text';
import { RESOLUTION_VERBS } from '../operations/states';
import { REMOVAL_REASONS, SUSPENSION_REASONS } from '../tenants/reasons';
import { lengthOf } from '../text/text-length';
import { operationIdSchema } from './common';
import { mergePatch } from './values/merge-patch';

const LONGEST_COMMENT = 1000;

const LATEST = Date.parse('2200-01-01T00:00:00Z');

/** Words of the caller. */
export const comment = z
  .string()
  .refine((text) => lengthOf(text) <= LONGEST_COMMENT, {
    error: `Is longer than ${LONGEST_COMMENT} characters. Shorten it.`,
  })
  .refine(isPlainText, {
    error: 'Contains control or text-direction characters. Remove them.',
  });

/** A time with its offset. Whether it is in the future is decided by the database's clock. */
export const futureTime = z.iso
  .datetime({ offset: true, error: 'Must be a time in ISO 8601 with its offset, such as 2027-01-31T12:00:00Z.' })
  .refine((text) => Date.parse(text) < LATEST, { error: 'Is after the year 2200. Name an earlier time.' })
  .meta({ example: '2027-01-31T12:00:00Z' });

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
    description: 'Stops an operation that has not ended and undoes everything it has made.',
  });

/** Body of `POST /v1/tenants/{id}:suspend`. */
export const suspendRequestSchema = z
  .strictObject({
    reason: z.enum(SUSPENSION_REASONS),
    message: comment
      .meta({
        description: 'Message shown with the tenant; encrypted like the order.',
        example: 'Invoice 2026-118.',
      })
      .optional(),
    readOnly: z
      .boolean()
      .meta({ description: 'Leaves what is there to be read, where the provider can; false by default.' })
      .optional(),
  })
  .meta({ id: 'SuspendRequest', description: 'Closes what a tenant has, and keeps it.' });

/** Body of `POST /v1/tenants/{id}:resume`. */
export const resumeRequestSchema = z
  .strictObject({ message: comment.meta({ description: 'Message shown with the tenant.' }).optional() })
  .meta({ id: 'ResumeRequest', description: 'Opens what a suspended tenant has, as it was before.' });

/** Body of `POST /v1/tenants/{id}:reconcile`. */
export const reconcileRequestSchema = z
  .strictObject({
    dryRun: z.boolean().meta({ description: 'Only lists the differences; false by default.' }).optional(),
    message: comment.meta({ description: 'Message shown with the tenant.' }).optional(),
  })
  .meta({
    id: 'ReconcileRequest',
    description: 'Compares everything that a tenant has with the ledger, and mends the differences.',
  });

/** Body of `POST /v1/tenants/{id}:deprovision`. */
export const deprovisionRequestSchema = z
  .strictObject({
    reason: z.enum(REMOVAL_REASONS),
    message: comment.meta({ description: 'Message shown with the tenant; encrypted like the order.' }).optional(),
    graceDays: z
      .int()
      .min(0)
      .max(365)
      .meta({
        description: 'Days between the announcement and the removal; from the plan’s template by default.',
        example: 30,
      })
      .optional(),
    export: z
      .boolean()
      .meta({ description: 'Exports the tenant before it is removed. Plans may do so in any case.' })
      .optional(),
    exportTo: z
      .string()
      .refine(isRecipient, {
        error: 'Is not the public key of an age identity: age1… with 58 more characters, as age-keygen prints it.',
      })
      .meta({
        description:
          'The customer’s public age key. Exports the tenant, encrypted for it; without it a key is made and handed out once.',
        example: 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p',
      })
      .optional(),
    keepName: z
      .boolean()
      .meta({ description: 'Keeps the name from being ordered again once the tenant is gone; false by default.' })
      .optional(),
  })
  .refine(({ export: asked, exportTo }) => asked !== false || exportTo === undefined, {
    path: ['exportTo'],
    error: 'Contradicts `"export": false`. Leave one of the two out.',
  })
  .meta({
    id: 'DeprovisionRequest',
    description: 'Closes a tenant at once, and removes it after a grace period in which the removal can be called off.',
  });

/** A request to remove a tenant. */
export type DeprovisionRequest = z.infer<typeof deprovisionRequestSchema>;

const why = comment.meta({
  description: 'Why; kept in the audit trail, which is never deleted, so it must not contain personal data.',
  example: 'Agreed with the customer, ticket 4711.',
});

/** A mandatory reason, which is kept in the audit trail. */
export const auditedReason = why.min(1, 'Give a reason: it is kept in the tenant’s audit trail.');

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
            .meta({ description: 'The leftovers of the operation that an operator takes over.' }),
          reason: auditedReason,
        })
        .meta({ id: 'AcceptLeftovers' }),
    ],
    { error: `Must be one of ${RESOLUTION_VERBS.join(', ')}.` },
  )
  .meta({
    id: 'ResolutionRequest',
    description:
      'How an operation that waits for an operator continues. On hold: `retry` the failed steps, `amend` the order and retry them, `skip` them, or `compensate`. With leftovers: `retry` the undo, or `accept` leftovers, which the operator then takes over.',
  });

/** The response to a resolution that the run has accepted. */
export const resolutionAnswerSchema = z
  .strictObject({ operationId: operationIdSchema, resolutionId: z.uuid(), verb: z.enum(RESOLUTION_VERBS) })
  .meta({ id: 'ResolutionTaken', description: 'The run has accepted the decision and carries it out.' });

/** Body of `POST /v1/tenants/{id}/credentials:claim`. */
export const claimRequestSchema = z
  .strictObject({
    token: z
      .string()
      .regex(/^[A-Za-z0-9_-]{20,128}$/, 'Is not the token of a link. Copy the complete link again.')
      .meta({ description: 'The token in the link.' }),
  })
  .meta({ id: 'ClaimRequest', description: 'Uses a link. This works once.' });

/** The credentials that a claim returns, once. */
export const credentialsSchema = z
  .strictObject({
    adminAccessUrl: z.url().meta({ description: 'Where the first admin logs in.' }),
    username: z.string().meta({ description: 'The login name of the first admin.' }).optional(),
    temporaryPassword: z.string().meta({ description: 'Must be changed at the first login.' }),
    apiKeys: z.record(z.string(), z.string()).meta({ description: 'API keys by name.' }),
    monitoring: z
      .strictObject({
        endpoint: z.url().meta({ description: 'Where the tenant’s programs send and read metrics and logs.' }),
        key: z.string().meta({ description: 'Their bearer token there.' }),
      })
      .meta({
        id: 'MonitoringCredentials',
        description: 'Only for plans with monitoring. This key stays the same when credentials are reissued.',
      })
      .optional(),
  })
  .meta({ id: 'Credentials', description: 'The credentials of the first admin. Shown once.' });

/** An approver's decision. */
export type ApprovalRequest = z.infer<typeof approvalRequestSchema>;

/** An operator's decision about a run that waits for one. */
export type ResolutionRequestBody = z.infer<typeof resolutionRequestSchema>;

/** The credentials that a claim returns. */
export type Credentials = z.infer<typeof credentialsSchema>;
