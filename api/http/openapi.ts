import { OpenApiGeneratorV31, OpenAPIRegistry, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { problemSchema } from '../../contract/schemas/problem-schema';
import { PROBLEMS, type ProblemType } from './problem-types';
import { ROLES, type Role } from '../access/roles';
import { SSO_LINK_COOKIE } from '../access/sso-link-session';
import { EVENT_STREAM } from './send-stream';
import { problemsOf, type DocumentedAnswer, type Route } from './route';
import { TAGS } from './tags';

type Document = ReturnType<OpenApiGeneratorV31['generateDocument']>;

const ABOUT = `Order the tenants of a SaaS product and follow them until they are ready. An order is accepted at once and carried out in the
background. It ends with a complete tenant, with nothing left of the tenant, or with a named list of leftovers for an operator.

Every call except the public ones carries \`Authorization: Bearer tp_…\`, or an access token of the identity provider where one is configured.
A token has one or more of these roles:

${Object.entries(ROLES)
  .map(([role, about]) => `- \`${role}\`: ${about}`)
  .join('\n')}

Each operation that is not public lists in \`x-roles\` the roles of which a caller needs one. An empty list means that any valid token is
enough.

Errors are \`application/problem+json\` documents (RFC 9457). Their \`type\` is stable and links to a page that explains it.`;

/** The OpenAPI 3.1 document of these routes, built from the same schemas that requests are checked against. */
export function describeApi(routes: Route[], publicUrl: string): Document {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer', bearerFormat: 'tp_…' });
  registry.registerComponent('securitySchemes', 'apiKey', { type: 'http', scheme: 'bearer', bearerFormat: 'ak_…' });
  registry.registerComponent('securitySchemes', 'apiKeyHeader', { type: 'apiKey', in: 'header', name: 'X-API-Key' });
  registry.registerComponent('securitySchemes', 'ssoLink', { type: 'apiKey', in: 'cookie', name: SSO_LINK_COOKIE });
  for (const route of routes) registry.registerPath(pathOf(route, publicUrl));
  // The generator finds only the schemas of whole answers, so those of single JSON Lines are registered explicitly.
  const lineSchemas = routes.flatMap(({ answers }) => Object.values(answers).flatMap((answer) => answer.lines ?? []));
  const definitions = [
    ...registry.definitions,
    ...[...new Set(lineSchemas)].map((schema) => ({ type: 'schema' as const, schema })),
  ];
  return new OpenApiGeneratorV31(definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Tenant provisioner',
      version: '1',
      description: ABOUT,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      contact: { name: 'The operators of this installation', url: publicUrl },
    },
    servers: [{ url: publicUrl }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  });
}

function pathOf(route: Route, publicUrl: string): RouteConfig {
  const roles = rolesOf(route);
  const description = [route.description, accessNote(route)].filter(Boolean).join('\n\n');
  return {
    method: route.method,
    path: route.path,
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    description,
    security: securityOf(route),
    ...(roles && { 'x-roles': [...roles] }),
    request: {
      ...(route.params ? { params: route.params as z.ZodObject } : {}),
      ...(route.query ? { query: route.query } : {}),
      ...(route.idempotent ? { headers: z.object({ 'Idempotency-Key': idempotencyKey }) } : {}),
      ...(route.resumable ? { headers: z.object({ 'Last-Event-ID': lastEventId }) } : {}),
      ...(route.body
        ? {
            body: {
              required: !route.bodyOptional,
              content: { 'application/json': { schema: route.documentedBody ?? route.body } },
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

/** The roles of which a caller needs one, none for any token; undefined for a route that takes no token. */
function rolesOf({ access }: Route): readonly Role[] | undefined {
  if (access === 'public' || access === 'api-key' || access === 'sso-link') return undefined;
  return access === 'any-token' ? [] : access;
}

function securityOf({ access, throughSsoLink }: Route): Record<string, string[]>[] {
  if (access === 'public') return [];
  if (access === 'api-key') return [{ apiKey: [] }, { apiKeyHeader: [] }];
  if (access === 'sso-link') return [{ ssoLink: [] }];
  return throughSsoLink ? [{ token: [] }, { ssoLink: [] }] : [{ token: [] }];
}

const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x2b\x2d-\x7e]{1,255}$/)
  .optional()
  .meta({
    description: 'A value of your choice, for instance a UUID. Repeat a request with the same key to retry it safely.',
    example: 'b1946ac9-2d6f-4f0e-9b0a-3f6f1d1c0c55',
  });

const lastEventId = z
  .string()
  .regex(/^\d{1,15}$/)
  .optional()
  .meta({
    description: 'The id of the last event that was received: the answer begins after it. Overrides `after`.',
    example: '4711',
  });

const REPLAYED = {
  'Idempotency-Replayed':
    '`true` if this answers an earlier request with the same key, and this request changed nothing.',
};

function accessNote({ access, throughSsoLink }: Route): string {
  if (access === 'public') return 'Public: needs no API token.';
  if (access === 'api-key') return 'Requires an API key of the tenant, of whatever scopes.';
  if (access === 'sso-link')
    return 'Requires the session of a link for setting up single sign-on, from the link’s own page.';
  if (access === 'any-token') return 'Requires any valid token.';
  const link = throughSsoLink
    ? ', or the session of a link for setting up single sign-on, from the link’s own page'
    : '';
  return `Requires a token with any of these roles: ${access.map((role) => `\`${role}\``).join(', ')}${link}.`;
}

function responseOf(answer: DocumentedAnswer): RouteConfig['responses'][string] {
  const { description, schema, contentType, headers, events } = answer;
  const body = schema ?? (contentType ? textOf(answer) : undefined);
  const stream = events && { [EVENT_STREAM]: { schema: textOf({ contentType: EVENT_STREAM, lines: [events] }) } };
  return {
    description,
    ...(body ? { content: { [contentType ?? 'application/json']: { schema: body }, ...stream } } : {}),
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

/** A string schema that describes the string's content, as JSON Schema 2020-12 (validation, §8.5) allows. */
function textOf({ contentType, lines }: Pick<DocumentedAnswer, 'contentType' | 'lines'>): z.ZodString {
  if (!lines) return z.string();
  const anyOf = lines.map((line) => ({ $ref: `#/components/schemas/${String(line.meta()?.['id'])}` }));
  return z.string().meta({ contentMediaType: contentType, contentSchema: anyOf.length === 1 ? anyOf[0] : { anyOf } });
}

/** One response per status; the problems that share the status are its examples. */
function problemResponses(route: Route, publicUrl: string): RouteConfig['responses'] {
  const byStatus = new Map<number, ProblemType[]>();
  for (const type of problemsOf(route)) {
    const { status } = PROBLEMS[type];
    // The route documents its own answer for this status, and that answer is not a problem document.
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
