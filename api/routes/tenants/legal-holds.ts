import {
  legalHoldRequestSchema,
  legalHoldsSchema,
  liftHoldRequestSchema,
} from '../../../contract/schemas/tenants/legal-hold-schema';
import { liftLegalHold, putLegalHold, type HoldOutcome } from '../../../registry/tenants/legal-hold-changes';
import { listLegalHolds } from '../../../registry/views/legal-holds';
import { findTenant } from '../../../registry/views/tenants';
import type { ApiDependencies } from '../../dependencies';
import { causeOf } from '../../http/log';
import { ApiProblem, notNow } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { noTenant, tenantParams } from './tenants';

const PATH = '/v1/tenants/{tenantId}/legal-hold';

/** `PUT`, `GET` and `DELETE /v1/tenants/{tenantId}/legal-hold`. */
export function legalHoldRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, keys } = dependencies;
  const answer = async (tenantId: string) => {
    return { status: 200, body: { tenantId, holds: await listLegalHolds(pool, keys, tenantId) } };
  };
  return [
    defineRoute({
      method: 'put',
      path: PATH,
      operationId: 'putLegalHold',
      tag: 'Legal holds',
      summary: 'Place a legal hold on a tenant, or change it',
      description:
        'While the hold stands, nothing that the tenant has is deleted or overwritten: a removal waits, a key cannot be destroyed, nothing is restored over it, and old backups and versions of objects are kept. Repeating the request changes nothing. If the tenant’s key is destroyed, the hold is placed without keeping the reason.',
      access: ['legal-hold:manage'],
      params: tenantParams,
      body: legalHoldRequestSchema,
      answers: { 200: { description: 'The hold stands.', schema: legalHoldsSchema } },
      problems: ['state-conflict', 'keys-unavailable'],
      handle: async ({ params: { tenantId }, body: { reason, until }, principal }) => {
        const request = { tenantId, actor: principal.id, reason, until: until === undefined ? null : new Date(until) };
        const done = await putLegalHold(pool, keys, request);
        if (!('hold' in done)) throw refusal(done);
        if (done.outcome === 'changed') await tellRemoval(dependencies, done.run);
        return answer(tenantId);
      },
    }),
    defineRoute({
      method: 'get',
      path: PATH,
      operationId: 'getLegalHolds',
      tag: 'Legal holds',
      summary: 'List the legal holds of a tenant',
      description: 'The one that stands, if one does, and the past ones, with their reasons.',
      access: ['legal-hold:manage'],
      params: tenantParams,
      answers: { 200: { description: 'The legal holds.', schema: legalHoldsSchema } },
      problems: [],
      handle: async ({ params: { tenantId } }) => {
        if (!(await findTenant(pool, tenantId))) throw noTenant();
        return answer(tenantId);
      },
    }),
    defineRoute({
      method: 'delete',
      path: PATH,
      operationId: 'liftLegalHold',
      tag: 'Legal holds',
      summary: 'Lift the legal hold on a tenant',
      description: 'A removal that waits for it goes on. What the hold has kept is deleted when it is next due.',
      access: ['legal-hold:manage'],
      params: tenantParams,
      body: liftHoldRequestSchema,
      answers: { 204: { description: 'No legal hold stands any more.' } },
      problems: ['state-conflict', 'keys-unavailable'],
      handle: async ({ params: { tenantId }, body: { reason }, principal }) => {
        const done = await liftLegalHold(pool, keys, { tenantId, actor: principal.id, reason });
        if (done.outcome === 'no-tenant') throw noTenant();
        if (done.outcome === 'none') throw notNow('No legal hold stands on this tenant.');
        await tellRemoval(dependencies, done.run);
        return { status: 204 };
      },
    }),
  ];
}

/** Wakes a removal that may wait for the hold. If Temporal does not answer, the run looks again by itself. */
async function tellRemoval({ runs, logger }: ApiDependencies, operationId: string | undefined): Promise<void> {
  if (operationId === undefined) return;
  try {
    await runs.signalLegalHold(operationId);
  } catch (error) {
    logger.warn(
      { operationId, cause: causeOf(error) },
      'the removal could not be told of the legal hold; it looks again',
    );
  }
}

function refusal(done: Exclude<HoldOutcome, { hold: unknown }>): ApiProblem {
  switch (done.outcome) {
    case 'no-tenant':
      return noTenant();
    case 'past':
      return new ApiProblem('invalid-body', {
        detail: 'Nothing was changed.',
        errors: [{ pointer: '/until', detail: 'Is not in the future. Lift the hold instead, or name a later time.' }],
      });
    case 'removing':
      return notNow(`The tenant is being removed by operation ${done.operationId}, which can no longer be stopped.`);
    case 'not-now':
      return notNow(
        done.state === 'gone'
          ? 'The tenant is gone: nothing is left that could be kept.'
          : `The tenant is ${done.state}: a legal hold is possible once it is active.`,
      );
  }
}
