import { z } from 'zod';
import { auditLine, CONTROL_PLANE } from '../../../contract/audit/chain';
import { auditKeysSchema, auditRecordSchema, signedHeadSchema } from '../../../contract/schemas/audit-schema';
import { operationIdSchema } from '../../../contract/schemas/common';
import { findPage, readTrail, type TrailPart } from '../../../registry/audit/trail';
import { findHead, listAuditKeys } from '../../../registry/audit/heads';
import { findTenant } from '../../../registry/views/tenants';
import type { ApiDependencies } from '../../dependencies';
import { defineRoute, type DocumentedAnswer, type Route, type RouteAnswer } from '../../http/route';
import { tenantsSeenBy } from '../../access/visibility';
import { noTenant, tenantParams } from '../tenants/tenants';

const MAX_ENTRIES = 10_000;
const DEFAULT_ENTRIES = 1_000;
const JSON_LINES = 'application/jsonl';

const wholeNumber = (message: string, from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .refine((value) => value >= from && value <= to, message)
    .optional();

const pageQuery = z.strictObject({
  after: wholeNumber('Must be the sequence number of an entry.', 0, Number.MAX_SAFE_INTEGER).meta({
    type: 'integer',
    minimum: 0,
    description: 'Only entries after this sequence number.',
  }),
  limit: wholeNumber(`Must be a whole number from 1 to ${MAX_ENTRIES}.`, 1, MAX_ENTRIES).meta({
    type: 'integer',
    minimum: 1,
    maximum: MAX_ENTRIES,
    description: `Maximum number of entries; ${DEFAULT_ENTRIES} by default.`,
  }),
});
const trailQuery = pageQuery.extend({
  operationId: operationIdSchema.optional().meta({
    description:
      'Only entries of this operation. They are an excerpt: only the whole trail can show that no entry is missing.',
  }),
});

const lines: DocumentedAnswer = {
  description:
    'JSON Lines with one entry (`AuditRecord`) per line, in order. On the last page, the newest signed head (`SignedAuditHead`) follows the entries, if one has been exported.',
  lines: [auditRecordSchema, signedHeadSchema],
  contentType: JSON_LINES,
  headers: { Link: '`rel="next"`: URL of the next page; absent on the last page.' },
};

/** `GET /v1/tenants/{tenantId}/audit`, `GET /v1/audit` and `…/keys`. */
export function auditRoutes({ pool, publicUrl }: ApiDependencies): Route[] {
  type Page = Omit<TrailPart, 'until'> & { limit?: number | undefined };

  /** Streams the lines of a page: entries are read from the registry while they are sent. */
  async function* linesOf(part: TrailPart, head: object | undefined): AsyncGenerator<string> {
    for await (const record of readTrail(pool, part)) yield `${auditLine(record)}\n`;
    if (head) yield `${auditLine(head)}\n`;
  }

  async function answer(path: string, { limit = DEFAULT_ENTRIES, ...part }: Page): Promise<RouteAnswer> {
    // Read before the entries, so that every entry the head covers is already there.
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
      summary: 'Get a tenant’s audit trail: what happened, who did it and when',
      description:
        'Contains all that is needed to verify it without this API: `npx tenant-provisioner verify-audit`. The trail is kept after the tenant is gone.',
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
      summary: 'Get the control plane’s own audit trail: API tokens created and revoked',
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
      summary: 'List the public keys that verify signed audit heads',
      description:
        'All keys that were ever used, newest first. Keep the list you have: a key that is added later needs an explanation.',
      access: 'public',
      answers: { 200: { description: 'A JWK Set.', schema: auditKeysSchema } },
      problems: [],
      handle: async () => ({ status: 200, body: { keys: await listAuditKeys(pool) } }),
    }),
  ];
}
