import { z } from 'zod';
import { BILLING_ENDS, PRORATIONS } from '../contract/billing/terms';
import { CUSTOMER_RECIPIENTS } from '../contract/maintenance/customer-mail';
import { PLANS, type Json } from '../contract/orders/order';
import { flagDefinitions } from '../contract/schemas/flags/definition-schema';
import { slug } from '../contract/schemas/values/slug';
import { AGGREGATIONS, QUOTA_PERIODS } from '../contract/usage/usage';
import { isSchedule } from './schedule';
import { SKIPPABLE_STEPS } from './template';

const text = z.string().min(1).max(200);
const longText = z.string().min(1).max(4000);
const count = z.int().positive();
const camelCase = z.string().regex(/^[a-z][A-Za-z0-9]{1,62}$/, 'must be a camelCase name');
const scope = z.string().regex(/^[a-z][a-z-]*:[a-z]+$/, 'must be a scope such as records:read');
const cron = z.string().regex(/^(?:[\d*,/-]+ ){4}[\d*,/-]+$/, 'must be a cron schedule of five fields, UTC');
const turns = cron.refine(isSchedule, 'must be a schedule that is due at some time, such as 0 2 * * *');
const colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #0b5fff');
const meterName = z.string().regex(/^[a-z][a-z0-9_]{0,99}$/);
const pointer = z.string().regex(/^(?:\/[A-Za-z0-9]+)+$/, 'must be a JSON pointer into the template');

const database = z.strictObject({
  isolation: z.enum(['pooled', 'schema', 'database']),
  schemaVersion: z.string().regex(/^\d{4}$/, 'must be four digits such as 0001'),
  connectionLimit: count.max(1000),
  statementTimeoutSeconds: count.max(3600),
  auditTrail: z
    .boolean()
    .meta({
      description: 'Whether triggers record every change in a table of the tenant’s own schema. Not for `pooled`.',
    })
    .optional(),
});

const storage = z.strictObject({ versioning: z.boolean(), quotaGb: count, accessLogging: z.boolean().optional() });

const compute = z.discriminatedUnion('model', [
  z.strictObject({ model: z.literal('pool'), cpuMillis: count, memoryMb: count }).meta({ id: 'PoolCompute' }),
  z
    .strictObject({
      model: z.literal('namespace'),
      cpuMillis: count,
      memoryMb: count,
      pods: count,
      podSecurity: z.enum(['baseline', 'restricted']),
    })
    .meta({ id: 'NamespaceCompute' }),
]);

const configuration = z.strictObject({
  features: uniqueBy(
    'key',
    z.strictObject({ key: slug, includedIn: z.enum(['always', 'order']), limit: count.optional() }),
  ),
  modules: uniqueTexts(slug),
  integrations: uniqueBy(
    'name',
    z
      .strictObject({
        name: slug,
        endpoint: z
          .string()
          .regex(
            /^(?:https:\/\/[a-z0-9.-]+)?\/[a-z0-9/{}A-Z-]*$/,
            'must be a path of the application, or an https URL',
          ),
        jurisdiction: z
          .string()
          .regex(/^[A-Z]{2,3}$/, 'must be a code such as EU or US')
          .optional(),
      })
      .refine(({ endpoint, jurisdiction }) => endpoint.startsWith('/') === (jurisdiction === undefined), {
        path: ['jurisdiction'],
        message: 'must be set for an endpoint on a server of its own, and only then',
      }),
  ),
  security: z.strictObject({
    groups: uniqueBy('name', z.strictObject({ name: slug, roles: uniqueTexts(slug) })),
    adminGroups: uniqueTexts(slug).min(1),
    apiKeys: uniqueBy('name', z.strictObject({ name: slug, scopes: uniqueTexts(scope).min(1) })),
    passwordLength: z.int().min(16).max(128),
  }),
  branding: z.strictObject({ primaryColor: colour }),
  notifications: uniqueBy('event', z.strictObject({ event: slug, subject: text, body: longText })),
  reports: uniqueBy('name', z.strictObject({ name: slug, schedule: cron })),
});

const billing = z.strictObject({
  currency: z.string().regex(/^[a-z]{3}$/, 'must be a lower-case ISO 4217 code such as eur'),
  prices: z.strictObject({ monthly: z.int().min(0), yearly: z.int().min(0) }),
  quantity: count.max(10_000).optional(),
  coupon: z
    .string()
    .regex(/^[\w-]{1,200}$/, 'must be the id of a coupon at Stripe')
    .optional(),
  taxRates: z
    .array(z.string().regex(/^txr_\w{1,100}$/, 'must be the id of a tax rate at Stripe, txr_…'))
    .max(5)
    .superRefine((entries, context) => reportTwins(entries, context))
    .optional(),
  proration: z.enum(PRORATIONS).optional(),
  end: z.enum(BILLING_ENDS).optional(),
  meters: uniqueBy(
    'eventName',
    z.strictObject({
      eventName: meterName,
      displayName: text,
      aggregation: z.enum(AGGREGATIONS).optional(),
      feature: slug.optional(),
      per: z.enum(QUOTA_PERIODS).optional(),
    }),
  ),
  dunning: z
    .strictObject({
      remindDays: z.array(count.max(365)).max(10).optional(),
      suspendAfterDays: count.max(365).optional(),
      resumeOnPayment: z.boolean().optional(),
    })
    .optional(),
});

const usage = z.strictObject({ nearPercent: count.max(99).optional(), attention: z.boolean().optional() });

const customizations = z.strictObject({
  allowedCustomizations: uniqueTexts(camelCase),
  requiredApprovals: uniqueTexts(camelCase),
  validationRules: uniqueBy(
    'customization',
    z.strictObject({
      customization: camelCase,
      target: pointer,
      schema: z.record(z.string(), z.unknown() as z.ZodType<Json>),
    }),
  ),
});

const retry = z.strictObject({
  maximumAttempts: count.max(20),
  initialIntervalSeconds: z.number().positive().max(60),
  backoffCoefficient: z.number().min(1).max(10),
  maximumIntervalSeconds: z.number().positive().max(3600),
  outageSeconds: z.number().positive().max(86_400).optional(),
});

const directory = z.strictObject({ maxUsers: count.max(5000), groups: uniqueTexts(slug) });

const mailRecipients = uniqueTexts(z.enum(CUSTOMER_RECIPIENTS)).optional();

const customerMail = z.strictObject({
  locale: text.optional(),
  timeZone: text.optional(),
  progress: mailRecipients,
  completion: mailRecipients,
  errors: mailRecipients,
  lifecycle: mailRecipients,
  slowAfterMinutes: count.max(10_080).optional(),
});

/**
 * A plan's template, in YAML files and in the JSON stored with operations. Unknown keys are errors, because they are spelling mistakes. New
 * fields must be optional, because the stored templates of older operations are also read with this schema.
 */
export const templateSchema = z
  .strictObject({
    templateId: slug,
    templateName: text,
    version: z.string().regex(/^\d+\.\d+\.\d+$/, 'must be a semantic version such as 1.0.0'),
    subscriptionPlan: z.enum(PLANS),
    resources: z.strictObject({ database, storage, compute }),
    configuration,
    flags: flagDefinitions.optional(),
    billing,
    usage: usage.optional(),
    customizations,
    compliance: z
      .strictObject({
        /** Scans of the tenant's resources by the installed scanner. */
        scan: z.strictObject({ everyDays: count.max(365) }).optional(),
      })
      .optional(),
    backup: z.strictObject({ schedule: turns, keep: count.max(1000) }).optional(),
    identity: z.strictObject({ directory: directory.optional(), sso: z.boolean().optional() }).optional(),
    removal: z
      .strictObject({
        graceDays: z.int().min(0).max(365).optional(),
        export: z.enum(['always', 'asked']).optional(),
      })
      .optional(),
    trial: z
      .strictObject({
        days: count.max(365),
        then: z.enum(['suspend', 'deprovision']),
        remindDays: z.array(count.max(365)).max(10).optional(),
      })
      .optional(),
    customerMail: customerMail.optional(),
    recovery: z.strictObject({
      retry,
      onPermanentFailure: z.enum(['compensate', 'hold']).optional(),
      orderMayChoose: z.boolean().optional(),
      holdForHours: z.number().positive().max(720).optional(),
      skippable: z.array(z.enum(SKIPPABLE_STEPS)).optional(),
    }),
  })
  .meta({ id: 'ProvisioningTemplate', description: 'What a plan provisions, and which parts an order may change.' });

function uniqueTexts<T extends z.ZodType<string>>(entry: T): z.ZodArray<T> {
  return z.array(entry).superRefine((entries, context) => reportTwins(entries, context));
}

function uniqueBy<K extends string, T extends z.ZodType<Record<K, string>>>(key: K, entry: T): z.ZodArray<T> {
  return z.array(entry).superRefine((entries, context) =>
    reportTwins(
      entries.map((each) => each[key]),
      context,
      key,
    ),
  );
}

function reportTwins(names: string[], context: z.core.$RefinementCtx, key?: string): void {
  names.forEach((name, index) => {
    if (names.indexOf(name) < index)
      context.addIssue({ code: 'custom', path: key ? [index, key] : [index], message: `${name} occurs twice` });
  });
}
