import { z } from 'zod';
import { HANDOVER_STATES, MAIL_RECIPIENTS, UNDELIVERED_STATES } from '../mails';
import { PLANS } from '../order';
import { RESOLUTION_VERBS, STATUSES } from '../states';
import { STEP_STATES, STEPS } from '../steps';
import { operationIdSchema, pageOf, tenantIdSchema, timestamp } from './common';
import { resultSchema } from './result-schema';

/** The answer to an accepted order. */
export const acceptedSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    operationId: operationIdSchema,
    status: z.enum(STATUSES).meta({
      description: '`pending` for a new order; for one that is repeated, where its operation stands now.',
      example: 'pending',
    }),
  })
  .meta({ id: 'Accepted', description: 'The order was accepted and will be worked on; follow the operation.' });

const operationStep = z
  .strictObject({
    id: z.enum(STEPS),
    label: z.string().meta({ example: 'Provision the database share' }),
    state: z.enum(STEP_STATES),
    startedAt: timestamp.optional(),
    endedAt: timestamp.optional(),
    attempts: z.int().min(0).meta({ description: 'How often its activities were tried in all.', example: 1 }),
    error: z
      .strictObject({ type: z.string().meta({ example: 'ProviderUnavailable' }), message: z.string() })
      .meta({ description: 'The last error, also of an attempt that was repeated.' })
      .optional(),
    reason: z.string().meta({ description: 'Of a skipped step: why an operator left it out.' }).optional(),
  })
  .meta({ id: 'OperationStep', description: 'Where one of the ten steps stands.' });

const failure = z
  .strictObject({
    type: z.string().meta({ description: 'One of the failure catalogue.', example: 'PaymentMethodDeclined' }),
    message: z.string(),
    step: z.enum(STEPS),
    pointer: z
      .string()
      .meta({ description: 'Into the order, when correcting it there would help.', example: '/paymentMethod' })
      .optional(),
  })
  .meta({ id: 'OperationFailure', description: 'The failure that made the run turn round.' });

const leftover = z
  .strictObject({ kind: z.string(), provider: z.string(), region: z.string(), id: z.string(), lastError: z.string() })
  .meta({ id: 'Leftover', description: 'A resource that could not be released and is in an operator’s hands.' });

const approval = z
  .strictObject({
    state: z
      .enum(['not_required', 'waiting', 'approved', 'rejected', 'expired', 'withdrawn'])
      .meta({ description: '`withdrawn`: the order ended before anybody decided.' }),
    required: z
      .array(z.string())
      .meta({ description: 'Customizations that need an approver.', example: ['storageQuotaGb'] }),
    requested: z
      .record(z.string(), z.unknown())
      .meta({
        description: 'What was asked for under them: what an approver decides on.',
        example: { storageQuotaGb: 50 },
      })
      .optional(),
    deadline: timestamp.optional(),
    decision: z
      .strictObject({
        by: z.string().meta({ description: 'Who decided.', example: 'token:approver' }),
        at: timestamp,
        comment: z.string().meta({ description: 'Why; absent when none was given.' }).optional(),
        verified: z.boolean().meta({ description: 'False when it came past this API, signed by nobody.' }),
      })
      .meta({ id: 'ApprovalVerdict', description: 'The decision that stands; absent in lists.' })
      .optional(),
  })
  .meta({ id: 'Approval', description: 'Where the approval of restricted customizations stands.' });

const resolution = z
  .strictObject({
    verb: z.enum(RESOLUTION_VERBS),
    reason: z.string().meta({ description: 'Empty when none was given.' }),
    by: z.string().meta({ description: 'Who decided.', example: 'token:operator' }),
    at: timestamp,
    verified: z.boolean().meta({ description: 'False when it came past this API, signed by nobody.' }),
  })
  .meta({ id: 'Resolution', description: 'What an operator decided about the run, and the run has taken.' });

const delivery = {
  since: timestamp,
  attempts: z.int().min(0).meta({ description: 'How often the mail server was asked to take the mail.' }),
  problem: z.string().meta({ description: 'Why the last attempt failed.' }).optional(),
  action: z.string().meta({ description: 'What to do, where something can be done.' }).optional(),
};

const handover = z
  .strictObject({
    state: z.enum(HANDOVER_STATES).meta({
      description:
        '`pending`: not handed over, the mail with the link has not left yet and is retried. `sent`: the mail server took it. `claimed`: the credentials were fetched. `lapsed`: nobody used the link in time. `refused`: the recipient’s mail server does not take it. `expired`: it could not be sent for two weeks. `unrecorded`: mailed by a version that kept no record.',
    }),
    ...delivery,
    linkExpires: timestamp.meta({ description: 'Until then the mailed link is good.' }).optional(),
  })
  .meta({ id: 'Handover', description: 'Whether the first admin was given the credentials of the active tenant.' });

const undelivered = z
  .strictObject({
    purpose: z.string().meta({ description: 'What the mail is about.', example: 'approval' }),
    to: z.enum(MAIL_RECIPIENTS),
    state: z.enum(UNDELIVERED_STATES).meta({
      description:
        '`pending`: it is retried. `refused`: the recipient’s mail server does not take it. `expired`: it was given up.',
    }),
    ...delivery,
  })
  .meta({ id: 'UndeliveredMail', description: 'A mail that has not reached the person who waits for it.' });

/** One run that changes a tenant. */
export const operationSchema = z
  .strictObject({
    operationId: operationIdSchema,
    tenantId: tenantIdSchema,
    tenantName: z.string().optional(),
    kind: z.string().meta({ example: 'provision' }),
    status: z.enum(STATUSES),
    plan: z.enum(PLANS),
    region: z.string().meta({ description: 'Known once the order was validated.' }).optional(),
    createdAt: timestamp,
    updatedAt: timestamp,
    completedAt: timestamp.optional(),
    steps: z.array(operationStep).meta({ description: 'The ten steps in their order.' }),
    approval,
    hold: z
      .strictObject({ until: timestamp.meta({ description: 'Then the run compensates by itself.' }) })
      .meta({ description: 'While a failed step waits for an operator.' })
      .optional(),
    resolutions: z.array(resolution).meta({ description: 'Oldest first; absent in lists.' }).optional(),
    completed: z.int().min(0).meta({ description: 'Steps done.', example: 4 }),
    total: z.int().min(0).meta({ description: 'Steps in all.', example: 10 }),
    failure: failure.optional(),
    leftovers: z.array(leftover),
    handover: handover.meta({ description: 'Of an active tenant.' }).optional(),
    undelivered: z
      .array(undelivered)
      .meta({ description: 'Mail about this operation that somebody waits for; absent when there is none.' })
      .optional(),
    verbs: z.array(z.string()).meta({ description: 'What may be asked of the operation now.', example: ['cancel'] }),
    result: resultSchema.optional(),
  })
  .meta({ id: 'Operation', description: 'One run that changes a tenant: where it stands and what came of it.' });

/** A page of operations. */
export const operationPageSchema = pageOf(operationSchema, 'OperationPage');

/** One run that changes a tenant. */
export type Operation = z.infer<typeof operationSchema>;

/** The answer to an accepted order. */
export type Accepted = z.infer<typeof acceptedSchema>;
