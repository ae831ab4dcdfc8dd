import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { TenantProvisioningRequest } from '../../contract/order';
import { acceptedSchema } from '../../contract/schemas/operation-schema';
import { orderSchema } from '../../contract/schemas/order-schema';
import type { OperationStatus } from '../../contract/states';
import { acceptOrder } from '../../registry/acceptance';
import type { Queryable } from '../../registry/database';
import { markStarted } from '../../registry/operations';
import { listRegions } from '../../registry/places';
import { approvalsNeeded, checkOrder, type Violation } from '../../templates/check-order';
import { checkPlace } from '../../templates/check-place';
import { customizeTemplate } from '../../templates/customize';
import { recoveryOf, withChosenRecovery } from '../../templates/recovery';
import type { ApiDependencies } from '../dependencies';
import { causeOf } from '../log';
import { ApiProblem } from '../problems';
import { defineRoute, type Route, type RouteAnswer } from '../route';
import type { StartRun } from '../runs';

/** Seconds after which a look at the operation is worth it. */
const RETRY_AFTER = 2;

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
        'Accepted at once, worked on afterwards: follow the operation. With an `Idempotency-Key` the same order can be sent again until an answer arrives: it is accepted once, and a repeat says where the operation stands now.',
      access: ['tenants:order'],
      body: orderSchema,
      invalidBody: 'invalid-order',
      idempotent: true,
      answers: {
        202: {
          description: 'Accepted.',
          schema: acceptedSchema,
          headers: { Location: 'The operation.', 'Retry-After': 'Seconds after which to look at it.' },
        },
      },
      problems: ['name-taken', 'domain-taken', 'idempotency-key-reused', 'invalid-order'],
      handle: async ({ body: order, principal, idempotencyKey }) => {
        const standard = templates.get(order.subscription.plan);
        const violations = [
          ...checkOrder(order, standard, dependencies.appDomain),
          ...(await checkKnownPlace(pool, order)),
        ];
        if (violations.length > 0)
          throw new ApiProblem('invalid-order', {
            detail: 'Nothing was begun. Correct what the errors name and send it again.',
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
            errors: [
              {
                pointer: '/tenantName',
                detail:
                  'Is taken, or looks like a name that is: 0 and o, and 1 and l, count as the same. Choose another name.',
              },
            ],
          });
        if (accepted.outcome === 'domain-taken')
          throw new ApiProblem('domain-taken', {
            detail: 'Name another domain, or leave it out.',
            errors: [
              {
                pointer: '/configuration/customDomain',
                detail: 'Belongs to another tenant. Name another domain, or leave it out.',
              },
            ],
          });
        if (accepted.outcome === 'key-reused') throw new ApiProblem('idempotency-key-reused');
        const { operationId, tenantId, status } = accepted;
        if (accepted.outcome === 'accepted')
          await tryStart(dependencies, {
            operationId,
            tenantId,
            plan: template.subscriptionPlan,
            residency: order.compliance?.dataResidency ?? null,
            retry: template.recovery.retry,
            recovery: recoveryOf(template),
          });
        return { ...acceptedAnswer(operationId, tenantId, status), replayed: accepted.outcome === 'repeated' };
      },
    }),
  ];
}

/** What is wrong with where the order asks to be. Before any worker has made its regions known, every place may be one. */
async function checkKnownPlace(db: Queryable, order: TenantProvisioningRequest): Promise<Violation[]> {
  const places = await listRegions(db);
  return places.length === 0 ? [] : checkPlace(order, places);
}

/** The order is accepted whatever comes of this: a start that is lost here is made up for by the relay. */
async function tryStart({ pool, runs, logger }: ApiDependencies, run: StartRun): Promise<void> {
  try {
    await runs.start(run);
    await markStarted(pool, run.operationId);
  } catch (error) {
    logger.warn({ operationId: run.operationId, cause: causeOf(error) }, 'accepted; Temporal could not be told yet');
  }
}

function acceptedAnswer(operationId: string, tenantId: string, status: OperationStatus): RouteAnswer {
  return {
    status: 202,
    body: { tenantId, operationId, status },
    headers: { location: `/v1/operations/${operationId}`, 'retry-after': String(RETRY_AFTER) },
  };
}

/** SHA-256 of the order as it was understood, RFC 8785: the same order in another notation is the same order. */
function hashOrder(order: TenantProvisioningRequest): Buffer {
  return createHash('sha256').update(canonicalize(order)!).digest();
}
