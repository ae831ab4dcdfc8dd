import { trialAnswerSchema, trialRequestSchema } from '../../../contract/schemas/tenants/trial-schema';
import { moveTrial, payTrial, type TrialOutcome } from '../../../registry/tenants/trial-changes';
import { markTrialWatched, type TrialToWatch } from '../../../registry/tenants/trials';
import type { ApiDependencies } from '../../dependencies';
import { causeOf } from '../../http/log';
import { ApiProblem, notNow } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { noTenant, tenantParams } from './tenants';

const PATH = '/v1/tenants/{tenantId}/trial';

/** `PUT` and `DELETE /v1/tenants/{tenantId}/trial`. */
export function trialRoutes(dependencies: ApiDependencies): Route[] {
  const { pool } = dependencies;
  return [
    defineRoute({
      method: 'put',
      path: PATH,
      operationId: 'moveTrial',
      tag: 'Tenants',
      summary: 'Move the end of a tenant’s trial',
      description:
        'At the end, the operation begins that the plan’s template names. A trial whose time has passed can be moved, too, and then goes on; resume a tenant that it has suspended.',
      access: ['tenants:suspend'],
      params: tenantParams,
      body: trialRequestSchema,
      answers: { 200: { description: 'The trial with its new end.', schema: trialAnswerSchema } },
      problems: ['state-conflict'],
      handle: async ({ params: { tenantId }, body, principal }) => {
        const done = await moveTrial(pool, { tenantId, endsAt: new Date(body.endsAt), actor: principal.id });
        if (!('trial' in done)) throw refusal(done);
        if (done.outcome === 'changed') await wake(dependencies, done.run);
        const { endsAt, then } = done.trial;
        return { status: 200, body: { tenantId, trial: { endsAt: endsAt.toISOString(), then } } };
      },
    }),
    defineRoute({
      method: 'delete',
      path: PATH,
      operationId: 'endTrial',
      tag: 'Tenants',
      summary: 'End a tenant’s trial, because the customer pays',
      description:
        'Nothing happens any more when the trial’s time has passed. A tenant that the trial has suspended before stays suspended until it is resumed.',
      access: ['tenants:suspend'],
      params: tenantParams,
      answers: { 204: { description: 'The tenant is on trial no longer.' } },
      problems: ['state-conflict'],
      handle: async ({ params: { tenantId }, principal }) => {
        const done = await payTrial(pool, { tenantId, actor: principal.id });
        if (!('trial' in done)) throw refusal(done);
        if (done.outcome === 'changed') await wake(dependencies, done.run);
        return { status: 204 };
      },
    }),
  ];
}

/** Tells the trial's run, which is started if it was lost. If Temporal does not answer, the relay does this later. */
async function wake(
  { pool, runs, logger }: ApiDependencies,
  { tenantId, operationId, endsAt }: TrialToWatch,
): Promise<void> {
  try {
    await runs.watchTrial({ tenantId, operationId });
    await markTrialWatched(pool, { tenantId, endsAt });
  } catch (error) {
    logger.warn({ tenantId, cause: causeOf(error) }, 'the trial is changed; Temporal could not be reached yet');
  }
}

function refusal(done: Exclude<TrialOutcome, { trial: unknown }>): ApiProblem {
  switch (done.outcome) {
    case 'no-tenant':
      return noTenant();
    case 'past':
      return new ApiProblem('invalid-body', {
        detail: 'Nothing was changed.',
        errors: [
          { pointer: '/endsAt', detail: 'Is not in the future. Suspend the tenant instead, or name a later time.' },
        ],
      });
    case 'no-trial':
      return notNow('The tenant is not on trial.');
    case 'paid':
      return notNow('The trial was ended because the customer pays. There is none to move.');
    case 'not-now':
      return notNow(`The tenant is ${done.state}.`);
  }
}
