import { z } from 'zod';
import {
  acceptFindingRequestSchema,
  auditFindingSchema,
  auditFindingsSchema,
} from '../../../contract/schemas/audit-schema';
import { auditFindingIdSchema } from '../../../contract/schemas/common';
import { acceptFinding, type AcceptingOutcome } from '../../../registry/audit/acceptances';
import { listDiscrepancies, type NotedDiscrepancy } from '../../../registry/audit/findings';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem, notNow } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';

const findingParams = z.strictObject({ findingId: auditFindingIdSchema });
const findingsQuery = z.strictObject({
  state: z.enum(['open', 'accepted', 'all']).meta({ description: 'Findings to list; open by default.' }).optional(),
});

/** `GET /v1/audit/findings` and `POST …/findings/{findingId}:accept`. */
export function auditFindingRoutes({ pool }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/audit/findings',
      operationId: 'listAuditFindings',
      tag: 'Audit',
      summary: 'List audit trails that do not match their signed head, newest finding first',
      description:
        'Discrepancies are found while heads are exported, and operators get a mail about each. No head is signed for such a trail until its finding is accepted.',
      access: ['operations:operate'],
      query: findingsQuery,
      answers: { 200: { description: 'At most 1000 findings.', schema: auditFindingsSchema } },
      problems: [],
      handle: async ({ query: { state } }) => {
        const found = await listDiscrepancies(pool, { state });
        return { status: 200, body: { items: found.map(viewFinding) } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/audit/findings/{findingId}:accept',
      operationId: 'acceptAuditFinding',
      tag: 'Audit',
      summary: 'Accept a finding, so that the trail’s heads are signed again',
      description:
        'The acceptance becomes an entry of that trail and names the caller, the reason and the superseded head. From then on, heads are signed again. It covers the trail only as it was found: a later change is a new finding. Only the newest finding of a trail can be accepted, and doing so closes the earlier ones. Superseded heads are kept, and anyone who holds one can still see the break. With an `Idempotency-Key`, a repeated request is accepted only once.',
      access: ['operations:operate'],
      params: findingParams,
      body: acceptFindingRequestSchema,
      idempotent: true,
      answers: { 200: { description: 'Accepted.', schema: auditFindingSchema } },
      problems: ['state-conflict', 'idempotency-key-reused'],
      handle: async ({ params: { findingId }, body: { reason }, principal, idempotencyKey }) => {
        const done = await acceptFinding(pool, { findingId, actor: principal.id, reason, idempotencyKey });
        if (!('finding' in done)) throw refusal(done);
        return { status: 200, body: viewFinding(done.finding), replayed: done.outcome === 'repeated' };
      },
    }),
  ];
}

function refusal(done: Exclude<AcceptingOutcome, { finding: NotedDiscrepancy }>): ApiProblem {
  switch (done.outcome) {
    case 'no-such-finding':
      return new ApiProblem('not-found', { detail: 'There is no such audit finding.' });
    case 'key-reused':
      return new ApiProblem('idempotency-key-reused');
    case 'accepted-before':
      return notNow('The finding is already accepted: GET /v1/audit/findings?state=accepted shows by whom and why.');
    case 'newer-finding':
      return notNow(`This trail has a newer finding, ${done.findingId}. Accepting that one closes this one too.`);
    case 'changed':
      return notNow(
        'The trail has changed since this finding. Wait for the next export of heads and look at the finding it makes.',
      );
    case 'unseen':
      return notNow('No export of heads has checked this trail since the last upgrade. Wait for the next export.');
  }
}

function viewFinding({ findingId, tenantId, region, sequence, problem, foundAt, head, acceptance }: NotedDiscrepancy) {
  return {
    findingId,
    tenantId,
    region,
    sequence,
    problem,
    foundAt: foundAt.toISOString(),
    state: acceptance ? 'accepted' : 'open',
    ...(head ? { head } : {}),
    ...(acceptance ? { acceptance: { ...acceptance, at: acceptance.at.toISOString() } } : {}),
  };
}
