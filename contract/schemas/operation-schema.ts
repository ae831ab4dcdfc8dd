import { z } from 'zod';
import { HANDOVER_STATES, MAIL_RECIPIENTS, UNDELIVERED_STATES } from '../maintenance/mail-delivery';
import { PLANS } from '../orders/order';
import { OPERATION_KINDS } from '../operations/kinds';
import { DRIFT_OUTCOMES } from '../operations/reconcile';
import { RESOLUTION_VERBS, STATUSES } from '../operations/states';
import { STEP_STATES, STEPS } from '../operations/steps';
import { REMOVAL_REASONS } from '../tenants/reasons';
import { operationIdSchema, pageOf, tenantIdSchema, timestamp } from './common';
import { estimateSchema, paceSchema } from './estimate-schema';
import { resultSchema } from './result-schema';

/** The response to an accepted order. */
export const acceptedSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    operationId: operationIdSchema,
    status: z.enum(STATUSES).meta({
      description: '`pending` for a new order; for a repeated order, the present status of its operation.',
      example: 'pending',
    }),
  })
  .meta({ id: 'Accepted', description: 'The order was accepted and will be carried out; follow its operation.' });

const operationStep = z
  .strictObject({
    id: z.enum(STEPS),
    label: z.string().meta({ example: 'Provision the database share' }),
    state: z.enum(STEP_STATES),
    startedAt: timestamp.optional(),
    endedAt: timestamp.optional(),
    attempts: z.int().min(0).meta({ description: 'Total number of attempts of its activities.', example: 1 }),
    error: z
      .strictObject({ type: z.string().meta({ example: 'ProviderUnavailable' }), message: z.string() })
      .meta({ description: 'The last error, even if the attempt was retried since.' })
      .optional(),
    nextTry: timestamp
      .meta({ description: 'When a failed attempt is repeated; it may have begun meanwhile.' })
      .optional(),
    reason: z.string().meta({ description: 'Why an operator skipped the step.' }).optional(),
    progress: paceSchema
      .meta({ description: 'How the step gets on; only of a step in progress or held up.' })
      .optional(),
  })
  .meta({ id: 'OperationStep', description: 'The state of one step.' });

const failure = z
  .strictObject({
    type: z.string().meta({ description: 'A type of the failure catalogue.', example: 'PaymentMethodDeclined' }),
    message: z.string(),
    step: z.enum(STEPS),
    pointer: z
      .string()
      .meta({
        description: 'JSON pointer into the order, when correcting that field would help.',
        example: '/paymentMethod',
      })
      .optional(),
  })
  .meta({ id: 'OperationFailure', description: 'The first failure that stopped the run from going forward.' });

const leftover = z
  .strictObject({ kind: z.string(), provider: z.string(), region: z.string(), id: z.string(), lastError: z.string() })
  .meta({ id: 'Leftover', description: 'A resource that the undo could not release and that waits for an operator.' });

const drift = z
  .strictObject({
    kind: z.string(),
    provider: z.string(),
    region: z.string(),
    id: z.string(),
    what: z.string().meta({
      description: 'What differs: `existence`, `access`, or something that the kind compares.',
      example: 'existence',
    }),
    was: z.string().meta({ description: 'As the ledger has it.', example: 'present' }),
    is: z.string().meta({ description: 'As the provider has it.', example: 'absent' }),
    outcome: z.enum(DRIFT_OUTCOMES).meta({
      description:
        '`found`: it was only listed, or is still to be mended. `mended`: it is as the ledger says again. `left`: a person has to mend it.',
    }),
    remedy: z.string().meta({ description: 'What a person can do about it.' }).optional(),
  })
  .meta({ id: 'Drift', description: 'A difference between the ledger and a provider.' });

const approval = z
  .strictObject({
    state: z
      .enum(['not_required', 'waiting', 'approved', 'rejected', 'expired', 'withdrawn'])
      .meta({ description: '`withdrawn`: the operation ended before an approver decided.' }),
    required: z
      .array(z.string())
      .meta({ description: 'Customizations that need an approval.', example: ['storageQuotaGb'] }),
    requested: z
      .record(z.string(), z.unknown())
      .meta({
        description: 'The values ordered for these customizations, on which the approver decides.',
        example: { storageQuotaGb: 50 },
      })
      .optional(),
    deadline: timestamp.optional(),
    decision: z
      .strictObject({
        by: z.string().meta({ description: 'Who decided.', example: 'token:approver' }),
        at: timestamp,
        comment: z.string().meta({ description: 'Why; absent when no comment was given.' }).optional(),
        verified: z
          .boolean()
          .meta({ description: 'False when the decision bypassed this API and its author is unknown.' }),
      })
      .meta({ id: 'ApprovalVerdict', description: 'The decision that stands; absent in lists.' })
      .optional(),
  })
  .meta({ id: 'Approval', description: 'The state of the approval of restricted customizations.' });

const resolution = z
  .strictObject({
    verb: z.enum(RESOLUTION_VERBS),
    reason: z.string().meta({ description: 'Why; empty when no reason was given.' }),
    by: z.string().meta({ description: 'Who decided.', example: 'token:operator' }),
    at: timestamp,
    verified: z.boolean().meta({ description: 'False when the decision bypassed this API and its author is unknown.' }),
  })
  .meta({ id: 'Resolution', description: 'A decision of an operator that the run has accepted.' });

const delivery = {
  since: timestamp,
  attempts: z.int().min(0).meta({ description: 'How often the mail server was asked to accept the mail.' }),
  problem: z.string().meta({ description: 'Why the last attempt failed.' }).optional(),
  action: z.string().meta({ description: 'What to do about it, if anything can be done.' }).optional(),
};

const handover = z
  .strictObject({
    state: z.enum(HANDOVER_STATES).meta({
      description:
        '`pending`: the mail with the link has not been sent yet and is retried. `sent`: the mail server accepted it. `claimed`: the credentials were fetched. `lapsed`: the link was not used in time. `refused`: the recipient’s mail server rejects the mail. `expired`: the mail could not be sent for two weeks. `unrecorded`: the mail was sent by a version that kept no record.',
    }),
    ...delivery,
    linkExpires: timestamp.meta({ description: 'Until when the mailed link is valid.' }).optional(),
  })
  .meta({ id: 'Handover', description: 'Whether the first admin has received the credentials of the active tenant.' });

const undelivered = z
  .strictObject({
    purpose: z.string().meta({ description: 'What the mail is about.', example: 'approval' }),
    to: z.enum(MAIL_RECIPIENTS),
    state: z.enum(UNDELIVERED_STATES).meta({
      description:
        '`pending`: delivery is retried. `refused`: the recipient’s mail server rejects it. `expired`: delivery was given up.',
    }),
    ...delivery,
  })
  .meta({ id: 'UndeliveredMail', description: 'A mail that is still needed and has not been delivered.' });

/** One run that changes a tenant. */
export const operationSchema = z
  .strictObject({
    operationId: operationIdSchema,
    tenantId: tenantIdSchema,
    tenantName: z.string().optional(),
    kind: z.enum(OPERATION_KINDS).meta({ example: 'provision' }),
    status: z.enum(STATUSES),
    plan: z.enum(PLANS),
    requestedBy: z.string().meta({ description: 'Who asked for it.', example: 'token:signup' }),
    region: z.string().meta({ description: 'Known once the order is validated.' }).optional(),
    createdAt: timestamp,
    updatedAt: timestamp,
    completedAt: timestamp.optional(),
    steps: z.array(operationStep).meta({ description: 'The steps of this kind of operation, in order.' }),
    approval,
    hold: z
      .strictObject({ until: timestamp.meta({ description: 'The time at which the run compensates by itself.' }) })
      .meta({ description: 'Present while a failed step waits for an operator.' })
      .optional(),
    graceDays: z
      .int()
      .min(0)
      .meta({ description: 'Of a removal: days between its announcement and the deletion.', example: 30 })
      .optional(),
    reason: z
      .enum(REMOVAL_REASONS)
      .meta({ description: 'Of a suspension or a removal: why it was asked for.', example: 'non_payment' })
      .optional(),
    resolutions: z.array(resolution).meta({ description: 'Oldest first; absent in lists.' }).optional(),
    completed: z.int().min(0).meta({ description: 'Number of steps done.', example: 4 }),
    total: z.int().min(0).meta({ description: 'Number of steps.', example: 10 }),
    failure: failure.optional(),
    leftovers: z.array(leftover),
    drift: z
      .array(drift)
      .meta({
        description:
          'The differences that a reconciliation has found between the ledger and the providers; absent in lists.',
      })
      .optional(),
    handover: handover.meta({ description: 'Present for an active tenant.' }).optional(),
    undelivered: z
      .array(undelivered)
      .meta({ description: 'Undelivered mail about this operation; absent when there is none.' })
      .optional(),
    estimate: estimateSchema.meta({ description: 'Absent once the operation has ended.' }).optional(),
    verbs: z.array(z.string()).meta({ description: 'The verbs that are allowed now.', example: ['cancel'] }),
    webUi: z
      .url()
      .meta({
        description:
          'The run in the Temporal Web UI; for operators, where its address is configured, and absent in lists.',
      })
      .optional(),
    result: resultSchema.optional(),
  })
  .meta({ id: 'Operation', description: 'One run that changes a tenant, with its state and its result.' });

/** A page of operations. */
export const operationPageSchema = pageOf(operationSchema, 'OperationPage');

/** One run that changes a tenant. */
export type Operation = z.infer<typeof operationSchema>;

/** The response to an accepted order. */
export type Accepted = z.infer<typeof acceptedSchema>;
