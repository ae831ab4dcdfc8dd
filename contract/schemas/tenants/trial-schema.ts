import { z } from 'zod';
import { TRIAL_ENDS } from '../../tenants/trials';
import { tenantIdSchema, timestamp } from '../common';
import { futureTime } from '../request-schemas';

/** A trial that goes on. */
export const trialSchema = z
  .strictObject({
    endsAt: timestamp,
    then: z.enum(TRIAL_ENDS).meta({ description: 'The operation that begins at the end.' }),
  })
  .meta({ id: 'Trial', description: 'The trial that the tenant is on; absent if it is on none, or if it is over.' });

/** Body of `PUT /v1/tenants/{id}/trial`. */
export const trialRequestSchema = z
  .strictObject({ endsAt: futureTime.meta({ description: 'When the trial ends now.' }) })
  .meta({ id: 'TrialRequest', description: 'Moves the end of a trial.' });

/** Answer of `PUT /v1/tenants/{id}/trial`. */
export const trialAnswerSchema = z
  .strictObject({ tenantId: tenantIdSchema, trial: trialSchema })
  .meta({ id: 'TenantTrial' });
