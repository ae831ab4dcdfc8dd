import { z } from 'zod';
import { BILLING_PROBLEMS } from '../../billing/problems';
import { FINDING_REASONS } from '../../maintenance/sweeps';
import { OPERATION_KINDS } from '../../operations/kinds';
import { STEPS } from '../../operations/steps';
import { PLANS } from '../../orders/order';
import { QUOTA_LEVELS } from '../../usage/usage';
import { DISABLED_REASONS } from '../../webhooks/webhooks';
import {
  auditFindingIdSchema,
  billingFindingIdSchema,
  endpointIdSchema,
  operationIdSchema,
  tenantIdSchema,
  timestamp,
} from '../common';

/** Entries that each section names at most. */
export const MOST_NAMED = 20;

/** Highest count that a section gives. */
export const MOST_COUNTED = 1_000;

/** Seconds that an operation must have been in its status, and a stuck step have begun, before it counts as stuck. */
export const STUCK_SECONDS = 60;

/** Operations at work that are looked at, the oldest first, to find those that are stuck. */
export const STUCK_CANDIDATES = 100;

function section<T extends z.ZodType>(item: T, id: string, description: string) {
  return z
    .strictObject({
      count: z
        .int()
        .min(0)
        .max(MOST_COUNTED)
        .meta({ description: `How many there are; ${MOST_COUNTED}: or more.` }),
      items: z.array(item).meta({ description: `The most urgent, at most ${MOST_NAMED}.` }),
    })
    .meta({ id, description });
}

const operation = {
  operationId: operationIdSchema,
  kind: z.enum(OPERATION_KINDS),
  tenantId: tenantIdSchema,
  tenantName: z.string(),
  plan: z.enum(PLANS),
  requestedBy: z.string(),
  since: timestamp.meta({ description: 'Last change of the operation.' }),
};

const approvals = section(
  z.strictObject({
    ...operation,
    required: z.array(z.string()).meta({ description: 'Customizations that need the approval.' }),
    deadline: timestamp.optional(),
  }),
  'AttentionApprovals',
  'Operations that wait for an approver, the next deadline first.',
);

const failure = z.strictObject({ type: z.string(), step: z.enum(STEPS) });

const holds = section(
  z.strictObject({
    ...operation,
    failure: failure.optional(),
    until: timestamp.meta({ description: 'When the run compensates by itself.' }).optional(),
  }),
  'AttentionHolds',
  'Operations whose failed step waits for an operator, the next deadline first.',
);

const leftovers = section(
  z.strictObject({ ...operation, failure: failure.optional(), leftovers: z.int().min(0) }),
  'AttentionLeftovers',
  'Operations whose undo or removal has left something behind, oldest first.',
);

const stuck = section(
  z.strictObject({
    ...operation,
    step: z.enum(STEPS).meta({ description: 'The first of its steps that is stuck.' }),
    reason: z.string().meta({
      description: 'Why the step does not get on.',
      example: 'No worker on `region.eu-central`; the last one asked for work at 2026-01-01 12:00:01 UTC.',
    }),
  }),
  'AttentionStuck',
  `Operations with a step that has not got on for ${STUCK_SECONDS} s, oldest first, among the ${STUCK_CANDIDATES} oldest at work. They go on by themselves once a person has removed the cause.`,
);

const quarantine = section(
  z.strictObject({
    reason: z.enum(FINDING_REASONS),
    kind: z.string(),
    provider: z.string(),
    region: z.string(),
    id: z.string(),
    tenantId: z.string(),
    since: timestamp,
    dueAt: timestamp,
    lastError: z.string().optional(),
  }),
  'AttentionQuarantine',
  'Findings in quarantine, the next to be acted on first.',
);

const auditFindings = section(
  z.strictObject({
    findingId: auditFindingIdSchema,
    tenantId: z.string(),
    region: z.string(),
    problem: z.string(),
    since: timestamp,
  }),
  'AttentionAuditFindings',
  'Audit trails that contradict their signed heads, newest first.',
);

const billing = section(
  z.strictObject({
    findingId: billingFindingIdSchema,
    tenantId: tenantIdSchema.optional(),
    problem: z.enum(BILLING_PROBLEMS),
    found: z.string().meta({ description: 'What was found, in words.' }),
    remedy: z.string().meta({ description: 'What to do about it, in words.' }),
    object: z.string().meta({ description: 'Id of the object at the billing provider.' }),
    since: timestamp,
  }),
  'AttentionBilling',
  'What was found in billing, oldest first: what is not as the registry has it, and what will stop payments.',
);

const webhooks = section(
  z.strictObject({
    endpointId: endpointIdSchema,
    owner: z.string(),
    url: z.string(),
    since: timestamp.meta({ description: 'First failure since the last success.' }).optional(),
    disabledBecause: z.enum(DISABLED_REASONS).optional(),
  }),
  'AttentionWebhooks',
  'Endpoints to which nothing gets through, those that have failed longest first.',
);

const capacity = section(
  z.strictObject({
    region: z.string(),
    plan: z.enum(PLANS),
    places: z.int().min(0).meta({ description: 'How many more tenants of the plan fit.' }),
  }),
  'AttentionCapacity',
  'Plans that a region serves and has little or no room for, the fullest first.',
);

const quotas = section(
  z.strictObject({
    tenantId: tenantIdSchema,
    tenantName: z.string(),
    plan: z.enum(PLANS),
    meter: z.string(),
    level: z.enum(QUOTA_LEVELS),
    limit: z.int().min(0),
    since: timestamp,
    until: z.iso.date().meta({ description: 'Last day of the limit’s period, in UTC.' }),
  }),
  'AttentionQuotas',
  'Limits that tenants have reached or are near, of plans that want them shown; those reached first.',
);

const unbilled = section(
  z.strictObject({
    tenantId: tenantIdSchema,
    tenantName: z.string(),
    plan: z.enum(PLANS),
    meter: z.string(),
    state: z.enum(['refused', 'unknown']).meta({
      description:
        '`refused`: the billing provider refuses it, and it is sent again every few hours. `unknown`: no answer came, so it may or may not count there.',
    }),
    records: z.int().min(1),
    since: timestamp,
  }),
  'AttentionUnbilled',
  'Usage that is not on its way to an invoice, oldest first.',
);

/** Answer of `GET /v1/attention`. */
export const attentionSchema = z
  .strictObject({
    approvals,
    holds,
    leftovers,
    stuck,
    quarantine: quarantine.optional(),
    auditFindings: auditFindings.optional(),
    billing: billing.optional(),
    webhooks: webhooks.optional(),
    capacity: capacity.optional(),
    quotas: quotas.optional(),
    unbilled: unbilled.optional(),
  })
  .meta({ id: 'Attention', description: 'What waits for a person. Sections that the caller may not see are absent.' });

/** What waits for a person. */
export type Attention = z.infer<typeof attentionSchema>;
