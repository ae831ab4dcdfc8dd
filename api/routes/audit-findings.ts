import { z } from 'zod';
import {
  acceptFindingRequestSchema,
  auditFindingSchema,
  auditFindingsSchema,
} from '../../contract/schemas/audit-schema';
import { auditFindingIdSchema } from '../../contract/schemas/common';
import { acceptFinding, type AcceptingOutcome } from '../../registry/audit-acceptances';
import { listDiscrepancies, type NotedDiscrepancy } from '../../registry/audit-findings';
import type { ApiDependencies } from '../dependencies';
import { ApiProblem } from '../problems';
import { defineRoute, type Route } from '../route';

const findingParams = z.strictObject({ findingId: auditFindingIdSchema });
const findingsQuery = z.strictObject({
  state: z.enum(['open', 'accepted', 'all']).meta({ description: 'Which; the open ones unless told.' }).optional(),
});

/** `GET /v1/audit/findings` and `POST …/findings/{findingId}:accept`. */
export function auditFindingRoutes({ pool }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/audit/findings',
      operationId: 'listAuditFindings',
      tag: 'Audit',
      summary: 'Trails that were found not to be what their signed head says, newest first',
      description:
        'Found while heads are exported; operators get a mail of each. No head is signed for such a trail until its finding is accepted.',
      access: ['operations:operate'],
      query: findingsQuery,
      answers: { 200: { description: 'The findings; 1000 at most.', schema: auditFindingsSchema } },
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
      summary: 'Let a trail go on from what it is',
      description:
        'Becomes an entry of that trail, with who, why and which head is superseded; from then on heads are signed again. It is about the trail as it was found: what is changed afterwards is found anew. Only the newest finding of a trail can be accepted, and with it those before. The superseded heads stay, and whoever has one still sees the break. With an `Idempotency-Key` the same request is one acceptance.',
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
  const conflict = (detail: string): ApiProblem => new ApiProblem('state-conflict', { detail, allowed: [] });
  switch (done.outcome) {
    case 'no-such-finding':
      return new ApiProblem('not-found', { detail: 'There is no such finding.' });
    case 'key-reused':
      return new ApiProblem('idempotency-key-reused');
    case 'accepted-before':
      return conflict('It was accepted before: GET /v1/audit/findings?state=accepted says by whom and why.');
    case 'newer-finding':
      return conflict(`More was found of this trail: look at ${done.findingId}. Accepting that one closes this one.`);
    case 'changed':
      return conflict(
        'The trail is not what was found any more. The next export of heads finds what it is now: look at that.',
      );
    case 'unseen':
      return conflict('No export of heads has looked at it since this program was upgraded. Wait for the next one.');
  }
}

function viewFinding({ findingId, tenantId, region, sequence, problem, foundAt, head, acceptance }: NotedDiscrepancy) {
  return {
    ...{ findingId, tenantId, region, sequence, problem },
    foundAt: foundAt.toISOString(),
    state: acceptance ? 'accepted' : 'open',
    ...(head ? { head } : {}),
    ...(acceptance ? { acceptance: { ...acceptance, at: acceptance.at.toISOString() } } : {}),
  };
}
