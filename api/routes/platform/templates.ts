import { z } from 'zod';
import { PLANS } from '../../../contract/orders/order';
import { templateSchema } from '../../../templates/template-schema';
import type { ApiDependencies } from '../../dependencies';
import { defineRoute, type Route } from '../../http/route';
import { matches } from '../tenants/tenants';

const summarySchema = z
  .strictObject({
    plan: z.enum(PLANS),
    templateId: z.string(),
    templateName: z.string(),
    version: z.string().meta({ example: '1.0.0' }),
    fingerprint: z.string().meta({ description: 'SHA-256 of the template, in hexadecimal.' }),
    allowedCustomizations: z.array(z.string()),
    requiredApprovals: z.array(z.string()).meta({ description: 'Customizations that an approver must approve.' }),
  })
  .meta({ id: 'TemplateSummary', description: 'Summary of what a plan provisions.' });

const listSchema = z.strictObject({ items: z.array(summarySchema) }).meta({ id: 'TemplateList' });

/** `GET /v1/templates` and `GET /v1/templates/{plan}`. */
export function templateRoutes({ templates }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/templates',
      operationId: 'listTemplates',
      tag: 'Templates',
      summary: 'List the templates of all plans',
      access: 'any-token',
      answers: { 200: { description: 'One template per plan.', schema: listSchema } },
      problems: [],
      handle: () =>
        Promise.resolve({
          status: 200,
          body: {
            items: templates.list().map(({ subscriptionPlan, templateId, templateName, version, customizations }) => ({
              plan: subscriptionPlan,
              templateId,
              templateName,
              version,
              fingerprint: templates.fingerprint(subscriptionPlan),
              allowedCustomizations: customizations.allowedCustomizations,
              requiredApprovals: customizations.requiredApprovals,
            })),
          },
        }),
    }),
    defineRoute({
      method: 'get',
      path: '/v1/templates/{plan}',
      operationId: 'getTemplate',
      tag: 'Templates',
      summary: 'Get what a plan provisions, and which parts of it an order may change',
      access: 'any-token',
      params: z.strictObject({ plan: z.enum(PLANS) }),
      answers: {
        200: { description: 'The template.', schema: templateSchema, headers: { ETag: 'The template’s fingerprint.' } },
        304: { description: 'The template still has the given `ETag`.' },
      },
      problems: [],
      handle: ({ params: { plan }, header }) => {
        const etag = `"${templates.fingerprint(plan)}"`;
        const headers = { etag, 'cache-control': 'private, no-cache' };
        if (matches(header('if-none-match'), etag)) return Promise.resolve({ status: 304, headers });
        return Promise.resolve({ status: 200, body: templates.get(plan), headers });
      },
    }),
  ];
}
