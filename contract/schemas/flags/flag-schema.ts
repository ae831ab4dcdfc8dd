import { z } from 'zod';
import { tenantIdSchema, timestamp } from '../common';
import { comment } from '../request-schemas';
import { flagKey, targeting, variantName } from './definition-schema';

const reason = comment
  .min(1, 'Give a reason.')
  .meta({ description: 'Why; encrypted under the tenant’s key.', example: 'Pilot customer, ticket 4711.' });

/** Body of `PUT /v1/tenants/{id}/flags/{flag}`. */
export const changeFlagRequestSchema = z
  .strictObject({ variant: variantName, targeting: targeting.optional(), reason })
  .meta({
    id: 'ChangeFlagRequest',
    description:
      'The variant that the tenant gets. Without `targeting` every evaluation gives it; with it, the variant is the default of the rule.',
  });

/** Body of `DELETE /v1/tenants/{id}/flags/{flag}`. */
export const resetFlagRequestSchema = z
  .strictObject({ reason })
  .meta({ id: 'ResetFlagRequest', description: 'The flag becomes what the plan and the order have.' });

const setting = { variant: variantName, targeting: targeting.optional() };

const flag = z
  .strictObject({
    flag: flagKey,
    description: z.string().optional(),
    variants: z
      .record(z.string(), z.unknown())
      .meta({ description: 'The values that the plan has for the flag, by name.', example: { on: true, off: false } }),
    ...setting,
    ordered: z.strictObject(setting).meta({ description: 'What the plan and the order have.' }),
    change: z
      .strictObject({
        to: z.enum(['setting', 'ordered']).meta({ description: '`ordered`: the flag was reset.' }),
        by: z.string().meta({ example: 'token:support' }),
        at: timestamp,
        reason: z.string(),
      })
      .meta({ description: 'The newest change; absent if there was none.' })
      .optional(),
  })
  .meta({ id: 'TenantFlag', description: 'A feature flag of a tenant, as it is evaluated.' });

/** Answer of `GET /v1/tenants/{id}/flags`. */
export const tenantFlagsSchema = z
  .strictObject({ tenantId: tenantIdSchema, flags: z.array(flag).meta({ description: 'By key.' }) })
  .meta({ id: 'TenantFlags', description: 'The feature flags of a tenant.' });

/** A feature flag as the API shows it. */
export type TenantFlag = z.infer<typeof flag>;
