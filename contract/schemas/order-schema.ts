import { z } from 'zod';
import { PLANS, type Json, type TenantProvisioningRequest } from '../order';
import { emailAddress } from './email-address';
import { humanText } from './human-text';
import { jsonObject } from './json-object';
import { parseBody, type BodyViolation } from './parse-body';
import { customDomain, publicUrl } from './public-host';
import { slug, slugs } from './slug';
import { tenantName } from './tenant-name';

const adminUser = z
  .strictObject({
    email: emailAddress,
    firstName: humanText({ description: 'Given name, or the only one.', example: 'Ada' }),
    lastName: humanText({
      description: 'Family name. Leave it out, or empty, for a person with one name.',
      example: 'Lovelace',
      mayBeEmpty: true,
    }).optional(),
    role: slug.meta({ description: 'What the admin is called in the application.', example: 'owner' }),
  })
  .meta({
    id: 'AdminUser',
    description: 'The first admin of the tenant. The invitation with a one-time link goes to this person.',
  });

const subscription = z
  .strictObject({
    plan: z
      .enum(PLANS)
      .meta({ description: 'The plan; its template says what is provisioned.', example: 'professional' }),
    billingCycle: z.enum(['monthly', 'yearly']).meta({ description: 'How often is billed.', example: 'monthly' }),
    features: slugs('features').meta({ description: 'Optional features of the plan.', example: ['advanced-reports'] }),
  })
  .meta({ id: 'Subscription', description: 'What was bought.' });

const branding = z
  .strictObject({
    displayName: humanText({ description: 'What the screens call the tenant.', example: 'Acme Bikes' }).optional(),
    primaryColor: z
      .string()
      .regex(/^#[0-9a-fA-F]{6}$/, 'Must be a colour written as # and six hexadecimal digits, for instance #0b5fff.')
      .meta({ description: 'Colour of buttons and links.', example: '#0b5fff' })
      .optional(),
    logoUrl: publicUrl({ description: 'An image.', example: 'https://www.example.com/logo.svg' }).optional(),
    supportUrl: publicUrl({
      description: 'Where users find help.',
      example: 'https://www.example.com/help',
    }).optional(),
  })
  .meta({
    id: 'TenantBranding',
    description: 'How the tenant’s screens look; what is absent comes from the plan’s template.',
  });

const configuration = z
  .strictObject({
    customDomain: customDomain.optional(),
    branding: branding.optional(),
    integrations: slugs('integrations')
      .meta({ description: 'Integrations to switch on.', example: ['webhooks'] })
      .optional(),
    settings: jsonObject({
      description:
        'Settings of the application, as it understands them. At most 5 levels, 200 keys, 16 KiB; never secrets. `locale`, where it is given, is a BCP 47 language tag.',
      example: { locale: 'de-DE', weekStartsOn: 'monday' },
    })
      .superRefine(({ locale }, context) => {
        if (locale === undefined || isLanguageTag(locale)) return;
        const message = 'Is not a language tag (BCP 47) such as de-DE or zh-Hant-TW.';
        context.addIssue({ code: 'custom', path: ['locale'], message });
      })
      .optional(),
  })
  .meta({ id: 'OrderConfiguration', description: 'How the application is set up.' });

const compliance = z
  .strictObject({
    dataResidency: z
      .string()
      .regex(/^[A-Za-z-]{2,40}$/, 'Must be a region such as eu-central or a jurisdiction such as EU.')
      .meta({ description: 'A region or a jurisdiction that the tenant’s data never leaves.', example: 'EU' }),
    retentionPeriod: z.int().min(1).max(3650).meta({ description: 'Days.', example: 365 }),
    encryptionLevel: z.enum(['standard', 'enhanced']).meta({
      description:
        '`enhanced`: a key of the tenant’s own in the region’s key management, under which lie its data key and its objects; refused where the region or its store cannot.',
      example: 'standard',
    }),
  })
  .meta({ id: 'Compliance', description: 'Rules the tenant’s data lies under.' });

function isLanguageTag(value: Json): boolean {
  try {
    return typeof value === 'string' && Intl.getCanonicalLocales(value).length === 1;
  } catch {
    return false;
  }
}

/** The body of `POST /v1/tenants`. Strict: an unknown key is an error everywhere but inside `settings` and `customizations`. */
export const orderSchema = z
  .strictObject({
    tenantName,
    organizationName: humanText({ description: 'The customer’s name.', example: 'Acme Bikes Ltd.' }),
    adminUser,
    subscription,
    configuration,
    compliance: compliance.optional(),
    region: slug
      .meta({ description: 'A region by name; without it one that fits is chosen.', example: 'eu-central' })
      .optional(),
    paymentMethod: z
      .string()
      .regex(
        /^pm_[A-Za-z0-9_]{1,64}$/,
        'Must be the id of a Stripe payment method, pm_ and letters or digits; never a card number.',
      )
      .meta({ description: 'A Stripe payment-method id.', example: 'pm_card_visa' })
      .optional(),
    customizations: jsonObject({
      description: 'Changes to the plan’s template, by the names it allows; some wait for an approver.',
      example: { storageQuotaGb: 20 },
    }).optional(),
    recovery: z
      .strictObject({
        onPermanentFailure: z.enum(['compensate', 'hold']).meta({
          description:
            '`compensate` undoes everything; `hold` waits for an operator first. Only where the plan lets an order choose.',
          example: 'hold',
        }),
      })
      .meta({ id: 'OrderRecovery', description: 'What becomes of a step that fails for good.' })
      .optional(),
  })
  .meta({ id: 'TenantProvisioningRequest', description: 'An order for a tenant.' });

/** An order that can be worked on, or everything that is wrong with it. */
export type ParsedOrder = { ok: true; order: TenantProvisioningRequest } | { ok: false; violations: BodyViolation[] };

/**
 * Checks the body of `POST /v1/tenants` by itself, before any template, region or database is asked. Names are trimmed and normalized,
 * host names lower-cased. Never throws.
 */
export function parseOrder(body: unknown): ParsedOrder {
  const parsed = parseBody(orderSchema, body);
  return parsed.ok ? { ok: true, order: parsed.value } : parsed;
}
