import { z } from 'zod';
import { DOMAIN_STATES } from '../../identity/domains';
import { operationIdSchema, tenantIdSchema, timestamp } from '../common';
import { emailDomain } from '../values/public-host';

const record = z
  .strictObject({
    type: z.literal('TXT'),
    name: z.string().meta({ example: '_tenant-verification.acme.example' }),
    value: z.string().meta({ example: 'tenant-verification=0f3c5d7e9b1a2c4d6e8f0a1b2c3d4e5f6a7b8c9d' }),
  })
  .meta({
    id: 'DomainRecord',
    description: 'The record that the owner of the domain publishes in its DNS, and keeps there.',
  });

const domain = z
  .strictObject({
    domainId: z
      .string()
      .regex(/^dm_[0-9a-f]{32}$/)
      .meta({ description: 'Random id; events name the domain by it.' }),
    domain: emailDomain,
    state: z.enum(DOMAIN_STATES).meta({
      description:
        '`proved`: it is this tenant’s and no other tenant’s. `withdrawn`: it was proved, and then its record was missing for seven days.',
    }),
    record,
    createdAt: timestamp,
    provedAt: timestamp.optional(),
    checkedAt: timestamp.meta({ description: 'When the DNS last gave an answer.' }).optional(),
    missingSince: timestamp
      .meta({ description: 'Since when the record of a proved domain is missing. After seven days it is withdrawn.' })
      .optional(),
  })
  .meta({ id: 'TenantDomain', description: 'A domain that a tenant has claimed, with the record that proves it.' });

/** Answer of `GET` and `POST /v1/tenants/{id}/domains…`. */
export const tenantDomainSchema = domain;

/** Answer of `GET /v1/tenants/{id}/domains`. */
export const tenantDomainsSchema = z
  .strictObject({ tenantId: tenantIdSchema, domains: z.array(domain) })
  .meta({ id: 'TenantDomains', description: 'The domains that a tenant has claimed, by name.' });

/** Body of `POST /v1/tenants/{id}/domains`. */
export const claimDomainRequestSchema = z
  .strictObject({ domain: emailDomain })
  .meta({ id: 'ClaimDomainRequest', description: 'Claims a domain for a tenant.' });

/** What looking for a domain's record can come to. */
export const LOOKUPS = ['found', 'missing', 'unanswered', 'held-by-another'] as const;

/** Answer of `POST /v1/tenants/{id}/domains/{domain}:check`. */
export const domainCheckSchema = z
  .strictObject({
    domain,
    lookup: z.enum(LOOKUPS),
    message: z.string().meta({ description: 'What was found, and what to do now.' }),
    operationId: operationIdSchema
      .meta({
        description:
          'The operation that connects the custom domain at the edge, or disconnects it, if one has begun now.',
      })
      .optional(),
  })
  .meta({ id: 'DomainCheck', description: 'What the DNS has answered about the record of a domain.' });
