import { z } from 'zod';
import { auditLine, CONTROL_PLANE } from '../../contract/audit';
import { auditKeysSchema, auditRecordSchema, signedHeadSchema } from '../../contract/schemas/audit-schema';
import { operationIdSchema } from '../../contract/schemas/common';
import { findPage, readTrail, type TrailPart } from '../../registry/audit';
import { findHead, listAuditKeys } from '../../registry/audit-heads';
import { findTenant } from '../../registry/tenant-views';
import type { ApiDependencies } from '../dependencies';
import { defineRoute, type DocumentedAnswer, type Route, type RouteAnswer } from '../route';
import { tenantsSeenBy } from '../visibility';
import { noTenant, tenantParams } from './tenants';

const MOST = 10_000;
const USUAL = 1_000;
const JSON_LINES = 'application/jsonl';

const wholeNumber = (text: string, from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, text)
    .transform(Number)
    .refine((value) => value >= from && value <= to, text)
    .optional();

const pageQuery = z.strictObject({
  after: wholeNumber('Must be the sequence of an entry.', 0, Number.MAX_SAFE_INTEGER).meta({
    ...{ type: 'integer', minimum: 0, description: 'Only entries behind this sequence.' },
  }),
  limit: wholeNumber(`Must be a whole number from 1 to ${MOST}.`, 1, MOST).meta({
    ...{ type: 'integer', minimum: 1, maximum: MOST, description: `Entries at most; ${USUAL} unless told.` },
  }),
});
const trailQuery = pageQuery.extend({
  operationId: operationIdSchema.optional().meta({
    description:
      'Only entries of this operation. They are an excerpt: only the whole trail shows that nothing is missing.',
  }),
});

const lines: DocumentedAnswer = {
  description:
    'JSON Lines: an entry a line (`AuditRecord`), in order; behind the last entry there is, the newest signed head (`SignedAuditHead`), if one was exported yet.',
  lines: [auditRecordSchema, signedHeadSchema],
  contentType: JSON_LINES,
  headers: { Link: '`rel="next"`: where the entries behind these are; absent when there are none.' },
};

/** `GET /v1/tenants/{tenantId}/audit`, `GET /v1/audit` and `…/keys`. */
export function auditRoutes({ pool, publicUrl }: ApiDependencies): Route[] {
  type Page = Omit<TrailPart, 'until'> & { limit?: number | undefined };

  /** The lines of a page; they are read while they are sent. */
  async function* linesOf(part: TrailPart, head: object | undefined): AsyncGenerator<string> {
    for await (const record of readTrail(pool, part)) yield `${auditLine(record)}\n`;
    if (head) yield `${auditLine(head)}\n`;
  }

  async function answer(path: string, { limit = USUAL, ...part }: Page): Promise<RouteAnswer> {
    // Asked before the entries: what it was signed for is among them.
    const head = await findHead(pool, part.tenantId);
    const { last = 0, more } = await findPage(pool, { ...part, limit });
    const operation = part.operationId === undefined ? '' : `&operationId=${part.operationId}`;
    const next = `<${publicUrl}${path}?after=${last}&limit=${limit}${operation}>; rel="next"`;
    return {
      status: 200,
      contentType: JSON_LINES,
      headers: { 'cache-control': 'private, no-cache', ...(more ? { link: next } : {}) },
      body: linesOf({ ...part, until: last }, more ? undefined : head),
    };
  }

  return [
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/audit',
      operationId: 'getAuditTrail',
      tag: 'Audit',
      summary: 'What happened to a tenant, who did it and when',
      description:
        'Complete for checking it without this API: `npx tenant-provisioner verify-audit`. It stays when the tenant is gone.',
      access: ['tenants:read', 'tenants:order', 'operations:operate'],
      params: tenantParams,
      query: trailQuery,
      answers: { 200: lines },
      problems: [],
      handle: async ({ params: { tenantId }, query, principal }) => {
        if (!(await findTenant(pool, tenantId, tenantsSeenBy(principal)))) throw noTenant();
        return answer(`/v1/tenants/${tenantId}/audit`, { tenantId, ...query });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/audit',
      operationId: 'getControlPlaneAuditTrail',
      tag: 'Audit',
      summary: 'What happened to the control plane itself: API tokens made and revoked',
      access: ['operations:operate'],
      query: pageQuery,
      answers: { 200: lines },
      problems: [],
      handle: ({ query }) => answer('/v1/audit', { tenantId: CONTROL_PLANE, ...query }),
    }),
    defineRoute({
      method: 'get',
      path: '/v1/audit/keys',
      operationId: 'getAuditKeys',
      tag: 'Audit',
      summary: 'Public keys of signed audit heads',
      description:
        'All there ever were, the newest first. Keep what you have got: a key that comes later needs an explanation.',
      access: 'public',
      answers: { 200: { description: 'A JWK Set.', schema: auditKeysSchema } },
      problems: [],
      handle: async () => ({ status: 200, body: { keys: await listAuditKeys(pool) } }),
    }),
  ];
}
