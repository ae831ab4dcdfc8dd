import { z } from 'zod';
import { PLANS } from '../../../contract/orders/order';
import {
  fingerprintSchema,
  templateVersionPageSchema,
} from '../../../contract/schemas/platform/template-version-schema';
import { findTemplateVersion, pageTemplateVersions } from '../../../registry/templates/versions';
import { templateSchema } from '../../../templates/template-schema';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { DEFAULT_LIMIT, pageQuery } from '../list-query';

const planParams = z.strictObject({ plan: z.enum(PLANS) });

/** `GET /v1/templates/{plan}/versions` and `GET …/versions/{fingerprint}`. */
export function templateVersionRoutes({ pool, templates }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/templates/{plan}/versions',
      operationId: 'listTemplateVersions',
      tag: 'Templates',
      summary: 'List the templates that a plan has had, the newest first',
      description:
        'A template is recorded when an API loads it for the first time. Those from before the release that began to record them are not listed. Tenants keep the template with which they were ordered.',
      access: 'any-token',
      params: planParams,
      query: pageQuery,
      answers: { 200: { description: 'A page of versions.', schema: templateVersionPageSchema } },
      problems: [],
      handle: async ({ params: { plan }, query: { cursor, limit = DEFAULT_LIMIT } }) => {
        const page = await pageTemplateVersions(pool, plan, { after: cursor, limit });
        const items = page.items.map(({ recordedAt, ...version }) => ({
          ...version,
          recordedAt: recordedAt.toISOString(),
          current: version.fingerprint === templates.fingerprint(plan),
        }));
        return { status: 200, body: { ...page, items } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/templates/{plan}/versions/{fingerprint}',
      operationId: 'getTemplateVersion',
      tag: 'Templates',
      summary: 'Get a template that a plan has, or had',
      access: 'any-token',
      params: planParams.extend({ fingerprint: fingerprintSchema }),
      answers: { 200: { description: 'The template. It never changes.', schema: templateSchema } },
      problems: [],
      handle: async ({ params: { plan, fingerprint } }) => {
        const template = await findTemplateVersion(pool, plan, fingerprint);
        if (template === undefined)
          throw new ApiProblem('not-found', {
            detail: `No template of ${plan} with this fingerprint was recorded: GET /v1/templates/${plan}/versions lists them.`,
          });
        return { status: 200, body: template };
      },
    }),
  ];
}
