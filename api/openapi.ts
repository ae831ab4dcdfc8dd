import { OpenApiGeneratorV31, OpenAPIRegistry, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { problemSchema } from '../contract/schemas/problem-schema';
import { PROBLEMS, type ProblemType } from './problems';
import { ROLES } from './roles';
import { problemsOf, type DocumentedAnswer, type Route } from './route';
import { TAGS } from './tags';

type Document = ReturnType<OpenApiGeneratorV31['generateDocument']>;

const ABOUT = `Orders and follows the tenants of a SaaS product. An order is accepted at once and worked on afterwards; a tenant is then either fully
there, or fully gone, or a named list of leftovers is in an operator’s hands.

Every call but the public ones carries \`Authorization: Bearer tp_…\`. Roles of tokens:

${Object.entries(ROLES)
  .map(([role, about]) => `- \`${role}\`: ${about}`)
  .join('\n')}

Errors are \`application/problem+json\` (RFC 9457). Their \`type\` is stable and leads to a page about it.`;

/** The OpenAPI 3.1 document of these routes. The schemas it shows are the ones requests are checked against. */
export function describeApi(routes: Route[], publicUrl: string): Document {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer', bearerFormat: 'tp_…' });
  for (const route of routes) registry.registerPath(pathOf(route, publicUrl));
  // What is a line of an answer is no answer by itself, so the generator has to be told of it.
  const lines = routes.flatMap(({ answers }) => Object.values(answers).flatMap((answer) => answer.lines ?? []));
  const definitions = [
    ...registry.definitions,
    ...[...new Set(lines)].map((schema) => ({ type: 'schema' as const, schema })),
  ];
  return new OpenApiGeneratorV31(definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Tenant provisioner',
      version: '1',
      description: ABOUT,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      contact: { name: 'Whoever runs this installation', url: publicUrl },
    },
    servers: [{ url: publicUrl }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  });
}

function pathOf(route: Route, publicUrl: string): RouteConfig {
  const description = [route.description, accessNote(route)].filter(Boolean).join('\n\n');
  return {
    method: route.method,
    path: route.path,
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    description,
    security: route.access === 'public' ? [] : [{ token: [] }],
    request: {
      ...(route.params ? { params: route.params as z.ZodObject } : {}),
      ...(route.query ? { query: route.query } : {}),
      ...(route.idempotent ? { headers: z.object({ 'Idempotency-Key': idempotencyKey }) } : {}),
      ...(route.body
        ? {
            body: {
              required: !route.bodyOptional,
              content: { 'application/json': { schema: route.body } },
            },
          }
        : {}),
    },
    responses: {
      ...Object.fromEntries(
        Object.entries(route.answers).map(([status, answer]) => [
          status,
          responseOf(route.idempotent ? { ...answer, headers: { ...answer.headers, ...REPLAYED } } : answer),
        ]),
      ),
      ...problemResponses(route, publicUrl),
    },
  };
}

const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x2b\x2d-\x7e]{1,255}$/)
  .optional()
  .meta({ description: 'Any text of yours, for instance a UUID.', example: 'b1946ac9-2d6f-4f0e-9b0a-3f6f1d1c0c55' });

const REPLAYED = {
  'Idempotency-Replayed':
    '`true` when this is the answer to an earlier request with the same key, and nothing was done this time.',
};

function accessNote({ access }: Route): string {
  if (access === 'public') return 'Needs no token.';
  if (access === 'any-token') return 'Any valid token.';
  return `Roles, one of: ${access.map((role) => `\`${role}\``).join(', ')}.`;
}

function responseOf(answer: DocumentedAnswer): RouteConfig['responses'][string] {
  const { description, schema, contentType, headers } = answer;
  const body = schema ?? (contentType ? textOf(answer) : undefined);
  return {
    description,
    ...(body ? { content: { [contentType ?? 'application/json']: { schema: body } } } : {}),
    ...(headers
      ? {
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, about]) => [
              name,
              { description: about, schema: { type: 'string' as const } },
            ]),
          ),
        }
      : {}),
  };
}

/** JSON Schema 2020-12 §8.5 says of a text what is in it. */
function textOf({ contentType, lines }: DocumentedAnswer): z.ZodString {
  if (!lines) return z.string();
  const anyOf = lines.map((line) => ({ $ref: `#/components/schemas/${String(line.meta()?.['id'])}` }));
  return z.string().meta({ contentMediaType: contentType, contentSchema: { anyOf } });
}

/** One response a status; the problems that share it are its examples. */
function problemResponses(route: Route, publicUrl: string): RouteConfig['responses'] {
  const byStatus = new Map<number, ProblemType[]>();
  for (const type of problemsOf(route)) {
    const { status } = PROBLEMS[type];
    // What a route answers itself with this status is no problem document.
    if (route.answers[status]) continue;
    byStatus.set(status, [...(byStatus.get(status) ?? []), type]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, types]) => [
      status,
      {
        description: types.map((type) => PROBLEMS[type].title).join(' – or: '),
        content: {
          'application/problem+json': {
            schema: problemSchema,
            examples: Object.fromEntries(
              types.map((type) => [
                type,
                {
                  value: {
                    type: `${publicUrl}/problems/${type}`,
                    title: PROBLEMS[type].title,
                    status,
                    detail: PROBLEMS[type].about,
                  },
                },
              ]),
            ),
          },
        },
      },
    ]),
  );
}
