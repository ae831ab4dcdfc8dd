import type { OperationParameters } from '../../../contract/operations/inputs';
import { removalTerms } from '../../../contract/removal/terms';
import {
  deprovisionRequestSchema,
  reconcileRequestSchema,
  resumeRequestSchema,
  suspendRequestSchema,
  type DeprovisionRequest,
} from '../../../contract/schemas/request-schemas';
import { findTenantTemplate } from '../../../registry/tenants/tenants';
import type { RemovalTemplate } from '../../../templates/template';
import type { ApiDependencies } from '../../dependencies';
import { defineRoute, type Route } from '../../http/route';
import { change, CHANGE_ANSWERS } from '../operations/change';
import { noTenant, tenantParams } from './tenants';

/** `POST /v1/tenants/{tenantId}:suspend`, `…:resume`, `…:deprovision` and `…:reconcile`. */
export function lifecycleRoutes(dependencies: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}:suspend',
      operationId: 'suspendTenant',
      tag: 'Tenants',
      summary: 'Suspend a tenant',
      description:
        'Closes what the tenant has at every provider and keeps it: logins are refused and sessions ended, storage is closed, the organization is disabled, compute stops, billing is paused. Backups and the audit trail go on. If something cannot be closed, everything is opened again.',
      access: ['tenants:suspend'],
      params: tenantParams,
      body: suspendRequestSchema,
      idempotent: true,
      answers: CHANGE_ANSWERS,
      problems: ['state-conflict', 'idempotency-key-reused', 'key-destroyed', 'keys-unavailable'],
      handle: async ({ params: { tenantId }, body, principal, idempotencyKey }) => {
        const { reason, message, readOnly = false } = body;
        const parameters: OperationParameters = { access: readOnly ? 'read-only' : 'closed', reason };
        return change(dependencies, { kind: 'suspend', tenantId, parameters, message, principal, idempotencyKey });
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}:resume',
      operationId: 'resumeTenant',
      tag: 'Tenants',
      summary: 'Resume a suspended tenant',
      description:
        'Opens what the tenant has, as it was before, tries it from outside, and repeats the checks of its database, storage and compute. If one fails, everything is closed again.',
      access: ['tenants:suspend'],
      params: tenantParams,
      body: resumeRequestSchema,
      bodyOptional: true,
      idempotent: true,
      answers: CHANGE_ANSWERS,
      problems: ['state-conflict', 'idempotency-key-reused', 'key-destroyed', 'keys-unavailable'],
      handle: async ({ params: { tenantId }, body, principal, idempotencyKey }) =>
        change(dependencies, {
          kind: 'resume',
          tenantId,
          parameters: { access: 'open' },
          message: body?.message,
          principal,
          idempotencyKey,
        }),
    }),
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}:reconcile',
      operationId: 'reconcileTenant',
      tag: 'Tenants',
      summary: 'Reconcile a tenant with its providers',
      description:
        'Reads everything the tenant has at its provider and compares it with the ledger. The operation lists each difference in `drift` and changes it back. What was lost is made again where that loses nothing; everything else is left to a person, with a remedy. With `dryRun`, it only lists.',
      access: ['operations:operate'],
      params: tenantParams,
      body: reconcileRequestSchema,
      bodyOptional: true,
      idempotent: true,
      answers: CHANGE_ANSWERS,
      problems: ['state-conflict', 'idempotency-key-reused', 'key-destroyed', 'keys-unavailable'],
      handle: async ({ params: { tenantId }, body, principal, idempotencyKey }) =>
        change(dependencies, {
          kind: 'reconcile',
          tenantId,
          parameters: { dryRun: body?.dryRun ?? false },
          message: body?.message,
          principal,
          idempotencyKey,
        }),
    }),
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}:deprovision',
      operationId: 'deprovisionTenant',
      tag: 'Tenants',
      summary: 'Remove a tenant after a grace period',
      description:
        'Closes what the tenant has at once, as a suspension does, announces the removal to its first admin, and waits for the end of the grace period and of every legal hold. Until then the operation can be cancelled, and everything is as it was. Afterwards everything the tenant has is removed at every provider, which cannot be undone.',
      access: ['tenants:deprovision'],
      params: tenantParams,
      body: deprovisionRequestSchema,
      idempotent: true,
      answers: CHANGE_ANSWERS,
      problems: ['state-conflict', 'idempotency-key-reused', 'key-destroyed', 'keys-unavailable'],
      handle: async ({ params: { tenantId }, body: { message, ...asked }, principal, idempotencyKey }) => {
        const template = await findTenantTemplate(dependencies.pool, tenantId);
        if (!template) throw noTenant();
        const parameters = removalParameters(asked, template.removal);
        return change(dependencies, { kind: 'deprovision', tenantId, parameters, message, principal, idempotencyKey });
      },
    }),
  ];
}

/** What a removal is asked for, with what the plan says where the request does not. */
function removalParameters(
  { reason, graceDays, export: asked = false, exportTo, keepName = false }: Omit<DeprovisionRequest, 'message'>,
  removal: RemovalTemplate | undefined,
): OperationParameters {
  const terms = removalTerms(removal);
  return {
    access: 'closed',
    reason,
    graceDays: graceDays ?? terms.graceDays,
    export: asked || exportTo !== undefined || terms.export,
    ...(exportTo === undefined ? {} : { exportTo }),
    keepName,
  };
}
