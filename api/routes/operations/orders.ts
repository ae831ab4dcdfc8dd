import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { TenantProvisioningRequest } from '../../../contract/orders/order';
import { acceptedSchema } from '../../../contract/schemas/operation-schema';
import { orderSchema } from '../../../contract/schemas/order-schema';
import { acceptOrder } from '../../../registry/operations/acceptance';
import { approvalsNeeded } from '../../../templates/check-order';
import { customizeTemplate } from '../../../templates/customize';
import { recoveryOf, withChosenRecovery } from '../../../templates/recovery';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { ACCEPTED_HEADERS, acceptedAnswer, startAccepted } from './accepted';
import { checkAcceptable, DOMAIN_TAKEN, NAME_TAKEN } from './order-checks';

/** `POST /v1/tenants`. */
export function orderRoutes(dependencies: ApiDependencies): Route[] {
  const { pool, keys, templates } = dependencies;
  return [
    defineRoute({
      method: 'post',
      path: '/v1/tenants',
      operationId: 'orderTenant',
      tag: 'Tenants',
      summary: 'Order a tenant',
      description:
        'The order is accepted at once and carried out in the background: follow the operation. With an `Idempotency-Key`, the same order can be sent again until an answer arrives. It is accepted only once, and a repeat returns the operation’s current status.',
      access: ['tenants:order'],
      body: orderSchema,
      invalidBody: 'invalid-order',
      idempotent: true,
      answers: {
        202: {
          description: 'The order is accepted.',
          schema: acceptedSchema,
          headers: ACCEPTED_HEADERS,
        },
      },
      problems: ['name-taken', 'domain-taken', 'idempotency-key-reused', 'invalid-order'],
      handle: async ({ body: order, principal, idempotencyKey }) => {
        const standard = templates.get(order.subscription.plan);
        const violations = await checkAcceptable(dependencies, order, principal.id);
        if (violations.length > 0)
          throw new ApiProblem('invalid-order', {
            detail: 'Nothing was started. Correct the fields that the errors name and send the order again.',
            errors: violations.map(({ pointer, message, type }) => ({ pointer, detail: message, type })),
          });
        const template = withChosenRecovery(customizeTemplate(standard, order.customizations), order);
        const accepted = await acceptOrder(pool, keys, {
          caller: principal.id,
          ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
          requestHash: hashOrder(order),
          order,
          template,
          approvalsRequired: approvalsNeeded(order, standard),
        });
        if (accepted.outcome === 'name-taken')
          throw new ApiProblem('name-taken', {
            detail: 'Choose another name.',
            errors: [NAME_TAKEN],
          });
        if (accepted.outcome === 'domain-taken')
          throw new ApiProblem('domain-taken', {
            detail: 'Name another domain, or leave it out.',
            errors: [DOMAIN_TAKEN],
          });
        if (accepted.outcome === 'key-reused') throw new ApiProblem('idempotency-key-reused');
        const { operationId, tenantId, status } = accepted;
        if (accepted.outcome === 'accepted')
          await startAccepted(dependencies, {
            kind: 'provision',
            region: null,
            parameters: {},
            operationId,
            tenantId,
            plan: template.subscriptionPlan,
            residency: order.compliance?.dataResidency ?? null,
            retry: template.recovery.retry,
            recovery: recoveryOf(template),
          });
        return acceptedAnswer({ operationId, tenantId, status }, accepted.outcome === 'repeated');
      },
    }),
  ];
}

/** SHA-256 of the parsed order as canonical JSON (RFC 8785), so that differences in notation do not matter. */
function hashOrder(order: TenantProvisioningRequest): Buffer {
  return createHash('sha256').update(canonicalize(order)!).digest();
}
