import { attentionSchema, type Attention } from '../../../contract/schemas/platform/attention-schema';
import { readStuckOperations, readWaitingOperations } from '../../../registry/views/attention/operations';
import { readBillingFindings } from '../../../registry/views/attention/billing';
import {
  readFailingEndpoints,
  readFullRegions,
  readOpenAuditFindings,
  readQuarantined,
} from '../../../registry/views/attention/platform';
import { readQuotas } from '../../../registry/views/attention/quotas';
import { readUnbilled } from '../../../registry/views/attention/unbilled';
import type { Principal } from '../../access/auth';
import type { Role } from '../../access/roles';
import { endpointsSeenBy, operationsSeenBy, READS_OPERATIONS } from '../../access/visibility';
import type { ApiDependencies } from '../../dependencies';
import { defineRoute, type Route } from '../../http/route';
import { OWNERS_AND_OPERATORS } from '../webhooks/endpoint-access';
import { READS_REGIONS } from './regions';

/** `GET /v1/attention`. */
export function attentionRoutes({ pool, estimates }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/attention',
      operationId: 'getAttention',
      tag: 'Operating',
      summary: 'Get everything that waits for a person',
      description:
        'Approvals, holds, leftovers and what is stuck of the operations that the caller may see; for operators also quarantine, audit findings, findings in billing, failing webhook endpoints, regions that are running full, tenants at the limits of their plans, and usage that cannot be billed.',
      access: READS_OPERATIONS,
      answers: {
        200: { description: 'Each section with its count and its most urgent entries.', schema: attentionSchema },
      },
      problems: [],
      handle: async ({ principal }) => {
        // One query after the other: the answer is not worth several connections of the pool.
        const caller = operationsSeenBy(principal);
        const attention: Attention = {
          ...(await readWaitingOperations(pool, caller)),
          stuck: await readStuckOperations(pool, caller, (read) => estimates.addTo(read)),
        };
        const isOperator = hasAny(principal, ['operations:operate']);
        if (isOperator) attention.quarantine = await readQuarantined(pool);
        if (isOperator) attention.auditFindings = await readOpenAuditFindings(pool);
        if (isOperator) attention.billing = await readBillingFindings(pool);
        if (hasAny(principal, OWNERS_AND_OPERATORS))
          attention.webhooks = await readFailingEndpoints(pool, endpointsSeenBy(principal));
        if (hasAny(principal, READS_REGIONS)) attention.capacity = await readFullRegions(pool);
        if (isOperator) attention.quotas = await readQuotas(pool);
        if (isOperator) attention.unbilled = await readUnbilled(pool);
        return { status: 200, body: attention };
      },
    }),
  ];
}

function hasAny({ roles }: Principal, wanted: readonly Role[]): boolean {
  return wanted.some((role) => roles.includes(role));
}
