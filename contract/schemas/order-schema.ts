import { z } from 'zod';
import { PLANS, type Json, type TenantProvisioningRequest } from '../orders/order';
import { endpointIdSchema } from './common';
import { chosenVariants } from './flags/definition-schema';
import { emailAddress } from './values/email-address';
import { humanText } from './values/human-text';
import { jsonObject } from './values/json-object';
import { parseBody, type BodyViolation } from './parse-body';
import { customDomain, publicUrl } from './values/public-host';
import { slug, slugs } from './values/slug';
import { tenantName } from './values/tenant-name';

const adminUser = z
  .strictObject({
    email: emailAddress,
    firstName: humanText({
      description: 'Given name, or the single name of a person who has only one.',
      example: 'Ada',
    }),
    lastName: humanText({
      description: 'Family name. Omit it, or leave it empty, for a person with a single name.',
      example: 'Lovelace',
      mayBeEmpty: true,
    }).optional(),
    role: slug.meta({ description: 'Title of the admin in the application.', example: 'owner' }),
  })
  .meta({
    id: 'AdminUser',
    description: 'The first admin of the tenant, who receives the invitation with a one-time link.',
  });

const contact = z.strictObject({ email: emailAddress }).meta({
  id: 'OrderContact',
  description:
    'A person or a list at the customer. It gets the mails that the plan sends to a contact, never one with credentials.',
});

const subscription = z
  .strictObject({
    plan: z
      .enum(PLANS)
      .meta({ description: 'The plan, whose template defines what is provisioned.', example: 'professional' }),
    billingCycle: z
      .enum(['monthly', 'yearly'])
      .meta({ description: 'How often the customer is billed.', example: 'monthly' }),
    features: slugs('features').meta({ description: 'Optional features of the plan.', example: ['advanced-reports'] }),
  })
  .meta({ id: 'Subscription', description: 'The plan and features that the customer buys.' });

const branding = z
  .strictObject({
    displayName: humanText({ description: 'Name of the tenant on its screens.', example: 'Acme Bikes' }).optional(),
    primaryColor: z
      .string()
      .regex(/^#[0-9a-fA-F]{6}$/, 'Must be a colour written as # and six hexadecimal digits, for instance #0b5fff.')
      .meta({ description: 'Colour of buttons and links.', example: '#0b5fff' })
      .optional(),
    logoUrl: publicUrl({ description: 'Image of the logo.', example: 'https://www.example.com/logo.svg' }).optional(),
    supportUrl: publicUrl({
      description: 'Where users find help.',
      example: 'https://www.example.com/help',
    }).optional(),
  })
  .meta({
    id: 'TenantBranding',
    description: 'The appearance of the tenant’s screens. Absent fields are taken from the plan’s template.',
  });

const configuration = z
  .strictObject({
    customDomain: customDomain.optional(),
    branding: branding.optional(),
    integrations: slugs('integrations')
      .meta({ description: 'Integrations to enable.', example: ['webhooks'] })
      .optional(),
    settings: jsonObject({
      description:
        'Settings of the application. At most 5 levels, 200 keys and 16 KiB; never secrets. `locale`, if present, must be a BCP 47 language tag: mails to the customer are written in that language if there are texts for it. `timeZone`, if it is an IANA name such as `Europe/Berlin`, is the time zone in these mails. Only the application interprets the rest.',
      example: { locale: 'de-DE', timeZone: 'Europe/Berlin', weekStartsOn: 'monday' },
    })
      .superRefine(({ locale }, context) => {
        if (locale === undefined || isLanguageTag(locale)) return;
        const message = 'Is not a language tag (BCP 47) such as de-DE or zh-Hant-TW.';
        context.addIssue({ code: 'custom', path: ['locale'], message });
      })
      .optional(),
  })
  .meta({ id: 'OrderConfiguration', description: 'The configuration of the application for this tenant.' });

const billing = z
  .strictObject({
    taxIds: z
      .array(
        z
          .strictObject({
            type: z
              .string()
              .regex(/^[a-z]{2}(?:_[a-z]{2,4}){1,2}$/, 'Must be a type of tax id at Stripe, such as eu_vat or gb_vat.')
              .meta({ description: 'Type of the tax id, as Stripe names it.', example: 'eu_vat' }),
            value: z
              .string()
              .regex(/^[0-9A-Za-z](?:[0-9A-Za-z ./-]{0,38}[0-9A-Za-z])?$/, 'Must be 1 to 40 letters and digits.')
              .meta({ description: 'The tax id as the tax office writes it.', example: 'DE123456789' }),
          })
          .meta({ id: 'TaxId', description: 'A tax id of the customer, such as its VAT number.' }),
      )
      .min(1)
      .max(5)
      .meta({ description: 'Tax ids that invoices show.', example: [{ type: 'eu_vat', value: 'DE123456789' }] }),
  })
  .meta({ id: 'OrderBilling', description: 'What invoices say of the customer beside its name.' });

const compliance = z
  .strictObject({
    dataResidency: z
      .string()
      .regex(/^[A-Za-z-]{2,40}$/, 'Must be a region such as eu-central or a jurisdiction such as EU.')
      .meta({ description: 'A region or jurisdiction that the tenant’s data must never leave.', example: 'EU' }),
    retentionPeriod: z.int().min(1).max(3650).meta({ description: 'Retention in days.', example: 365 }),
    encryptionLevel: z.enum(['standard', 'enhanced']).meta({
      description:
        '`enhanced`: the tenant has its own key in the region’s key management, which encrypts its data key and its objects. Refused where the region or its object store does not support it.',
      example: 'standard',
    }),
  })
  .meta({ id: 'Compliance', description: 'Rules for the tenant’s data.' });

function isLanguageTag(value: Json): boolean {
  try {
    return typeof value === 'string' && Intl.getCanonicalLocales(value).length === 1;
  } catch {
    return false;
  }
}

/** The body of `POST /v1/tenants`. An unknown key is an error everywhere except inside `settings` and `customizations`. */
export const orderSchema = z
  .strictObject({
    tenantName,
    organizationName: humanText({ description: 'The customer’s name.', example: 'Acme Bikes Ltd.' }),
    adminUser,
    contact: contact.optional(),
    subscription,
    configuration,
    compliance: compliance.optional(),
    region: slug
      .meta({ description: 'Name of a region; without it a suitable one is chosen.', example: 'eu-central' })
      .optional(),
    paymentMethod: z
      .string()
      .regex(
        /^pm_[A-Za-z0-9_]{1,64}$/,
        'Must be the id of a Stripe payment method: pm_ followed by letters or digits; never a card number.',
      )
      .meta({ description: 'Id of a Stripe payment method.', example: 'pm_card_visa' })
      .optional(),
    billing: billing.optional(),
    customizations: jsonObject({
      description: 'Changes to the plan’s template, under the names that it allows. Some of them need an approval.',
      example: { storageQuotaGb: 20 },
    }).optional(),
    featureFlags: chosenVariants.optional(),
    alertReceivers: z
      .array(endpointIdSchema)
      .min(1)
      .max(10)
      .meta({
        description:
          'Webhook endpoints of the caller, the only ones that are told of the tenant’s alerts. Without it every endpoint is that follows `alert.firing` or `alert.resolved`. Only for plans with monitoring.',
      })
      .optional(),
    recovery: z
      .strictObject({
        onPermanentFailure: z.enum(['compensate', 'hold']).meta({
          description:
            '`compensate` undoes everything; `hold` waits for an operator first. Only allowed where the plan lets an order choose.',
          example: 'hold',
        }),
      })
      .meta({ id: 'OrderRecovery', description: 'How a permanent failure of a step is handled.' })
      .optional(),
  })
  .meta({ id: 'TenantProvisioningRequest', description: 'An order for a tenant.' });

/** A valid order, or everything that is wrong with the body. */
export type ParsedOrder = { ok: true; order: TenantProvisioningRequest } | { ok: false; violations: BodyViolation[] };

/**
 * Checks the body of `POST /v1/tenants` on its own, without a template, region or database. Names are trimmed and normalized, host names
 * lower-cased. Never throws.
 */
export function parseOrder(body: unknown): ParsedOrder {
  const parsed = parseBody(orderSchema, body);
  return parsed.ok ? { ok: true, order: parsed.value } : parsed;
}
