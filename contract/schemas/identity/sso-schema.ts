import { z } from 'zod';
import { MOST_DOMAINS } from '../../identity/domains';
import { METADATA_PROBLEMS } from '../../identity/sso';
import { operationIdSchema, tenantIdSchema, timestamp } from '../common';
import { emailDomain } from '../values/public-host';
import { slug } from '../values/slug';
import { calledUrl } from '../webhooks/receiver-url';

const MOST_RULES = 100;
const LONGEST_METADATA = 200_000;

/** Bytes of a body with metadata. */
export const SSO_BODY_LIMIT = 512 * 1024;

const printable = (longest: number) =>
  z.string().regex(new RegExp(`^[\\x21-\\x7e]{1,${longest}}$`), 'Must be visible ASCII characters without spaces.');

/** A claim's name or value, such as the name of a group at the company. */
const claimText = z
  .string()
  .min(1)
  .max(255)
  .refine((text) => !/\p{Cc}/u.test(text), 'Must not contain control characters.');

const rule = z
  .strictObject({
    claim: claimText.meta({ description: 'Name of the claim.', example: 'groups' }),
    value: claimText.meta({ description: 'Its value, or one of its values.', example: 'Accounting' }),
    group: slug.meta({ description: 'A group of the plan.', example: 'members' }),
  })
  .meta({
    id: 'SsoGroupRule',
    description: 'People whose claim has this value are in the group, from their next login on.',
  });

const issuer = calledUrl({
  description: 'The issuer exactly as the identity provider shows it; its discovery document must name it.',
  example: 'https://login.acme.example',
});

const clientId = printable(255).meta({ description: 'Our client at the identity provider.', example: 'saas-sign-in' });

const domains = z
  .array(emailDomain)
  .min(1)
  .max(MOST_DOMAINS)
  .refine((all) => new Set(all).size === all.length, 'Names a domain twice.')
  .meta({ description: 'Proved domains of the tenant. Only people with an address in one of them can sign in.' });

/** Groups of the plan. */
export const ssoGroups = z
  .array(slug)
  .max(20)
  .refine((all) => new Set(all).size === all.length, 'Names a group twice.');

const groups = ssoGroups.meta({
  description: 'Groups of the plan in which everyone is who signs in.',
  example: ['members'],
});

const rules = z.array(rule).max(MOST_RULES);

const oidc = z
  .strictObject({
    issuer,
    clientId,
    clientSecret: printable(2048)
      .meta({
        description:
          'The client’s secret. Left out: the one of the present connection, if issuer and client are the same.',
      })
      .optional(),
  })
  .meta({ id: 'SsoOidc', description: 'The company’s identity provider, by OpenID Connect.' });

const saml = z
  .strictObject({
    metadata: z.string().min(1).max(LONGEST_METADATA).meta({ description: 'The metadata as XML.' }).optional(),
    metadataUrl: calledUrl({
      description:
        'Where to read the metadata. They are read again every day, and an operation puts a renewed certificate in place.',
      example: 'https://login.acme.example/metadata',
    }).optional(),
  })
  .refine(({ metadata, metadataUrl }) => (metadata === undefined) !== (metadataUrl === undefined), {
    message: 'Give either the metadata or their URL.',
  })
  .meta({ id: 'SsoSaml', description: 'The company’s identity provider, by SAML 2.0.' });

/** Body of `PUT /v1/tenants/{id}/identity/sso`. */
export const configureSsoRequestSchema = z
  .strictObject({
    oidc: oidc.optional(),
    saml: saml.optional(),
    domains,
    groups: groups.optional(),
    rules: rules.optional(),
  })
  .refine((body) => (body.oidc === undefined) !== (body.saml === undefined), {
    message: 'Give either `oidc` or `saml`.',
  })
  .meta({ id: 'ConfigureSsoRequest', description: 'How the people of a tenant sign in at their company.' });

/** A {@link configureSsoRequestSchema} as it was parsed. */
export type ConfigureSsoRequest = z.output<typeof configureSsoRequestSchema>;

/** Body of `POST /v1/tenants/{id}/identity/sso:test`. */
export const testSsoRequestSchema = z
  .strictObject({
    configuration: configureSsoRequestSchema
      .meta({ description: 'What to test; by default the connection that the tenant has.' })
      .optional(),
    claims: z
      .record(claimText, z.union([claimText, z.number(), z.boolean(), z.array(claimText).max(500)]))
      .refine((claims) => Object.keys(claims).length <= 100, 'Has more than 100 claims.')
      .meta({ description: 'Claims of an example person, to see which groups the rules give.' })
      .optional(),
  })
  .meta({ id: 'TestSsoRequest', description: 'What to test.' });

const finding = z
  .strictObject({
    check: z.enum(['discovery', 'endpoints', 'keys', 'credentials', 'metadata', 'certificate', 'domain']),
    outcome: z.enum(['passed', 'failed', 'unknown']),
    message: z.string().meta({ description: 'What was found, and what to do now.' }),
  })
  .meta({ id: 'SsoFinding', description: 'What one look at the identity provider or at a domain has come to.' });

/** Answer of `POST /v1/tenants/{id}/identity/sso:test`. */
export const ssoTestSchema = z
  .strictObject({
    usable: z.boolean().meta({ description: 'Whether no check has failed.' }),
    findings: z.array(finding),
    groups: z.array(slug).meta({ description: 'The groups of a person with the given claims.' }).optional(),
  })
  .meta({ id: 'SsoTest', description: 'Whether people could sign in with this configuration. Nothing was changed.' });

/** Answer of `GET /v1/tenants/{id}/identity/sso`. */
export const ssoSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    redirectUri: z
      .url()
      .meta({
        description:
          'What to enter at the company’s identity provider as redirect URI; for SAML, as assertion consumer service URL.',
      })
      .optional(),
    entityId: z.url().meta({ description: 'What to enter there as our entity id (audience), for SAML.' }).optional(),
    connection: z
      .strictObject({
        oidc: z.strictObject({ issuer, clientId }).optional(),
        saml: z
          .strictObject({
            entityId: z.string(),
            signOnUrl: z.url(),
            metadataUrl: z.url().optional(),
            metadataProblem: z
              .enum(METADATA_PROBLEMS)
              .meta({
                description:
                  'Why the metadata could not be used when they were last read again. People sign in as before meanwhile.',
              })
              .optional(),
          })
          .optional(),
        domains,
        groups,
        rules,
        operationId: operationIdSchema,
        since: timestamp,
        changing: z.boolean().meta({ description: 'Whether an operation is changing it now.' }),
      })
      .meta({ description: 'Absent while the tenant has no single sign-on. The secret is never shown.' })
      .optional(),
  })
  .meta({ id: 'TenantSso', description: 'How the people of a tenant sign in at their company.' });
