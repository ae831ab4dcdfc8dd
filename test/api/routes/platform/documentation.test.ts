import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import request from 'supertest';
import { PROBLEMS } from '../../../../api/http/problem-types';
import { startApiHarness, type ApiHarness } from '../../../helpers/api';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the documentation over HTTP: not run, this machine has no PostgreSQL');

interface Document {
  paths: Record<
    string,
    Record<
      string,
      { operationId: string; responses: Record<string, { content?: Record<string, { examples?: object }> }> }
    >
  >;
  components: { schemas: Record<string, Described> };
}

interface Described {
  $ref?: string;
  example?: unknown;
  properties?: Record<string, Described>;
}

/** A value made from the examples of a schema, as the documentation page shows it. */
function exampleOf(document: Document, schema: Described): unknown {
  const name = schema.$ref?.split('/').at(-1);
  if (name !== undefined) return exampleOf(document, document.components.schemas[name]!);
  if (schema.example !== undefined || !schema.properties) return schema.example;
  return Object.fromEntries(
    Object.entries(schema.properties).map(([property, described]) => [property, exampleOf(document, described)]),
  );
}

suite('API documentation', () => {
  let api: ApiHarness;
  let document: Document;

  beforeAll(async () => {
    api = await startApiHarness();
    document = (await request(api.app).get('/openapi.json')).body as Document;
  });
  afterAll(() => api.stop());

  test('the document is valid OpenAPI 3.1', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'openapi-'));
    const file = path.join(folder, 'openapi.json');
    const validator = require
      .resolve('@seriousme/openapi-schema-validator/package.json')
      .replace('package.json', 'bin/validate-api-cli.js');
    try {
      await writeFile(file, JSON.stringify(document));
      const { stdout } = await promisify(execFile)(process.execPath, [validator, file]);
      expect(JSON.parse(stdout)).toEqual({ valid: true });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('the document has every route and nothing else', () => {
    const documented = Object.entries(document.paths).flatMap(([route, methods]) =>
      Object.keys(methods).map((method) => `${method} ${route}`),
    );
    expect(documented.sort()).toEqual(api.routes.map(({ method, path: route }) => `${method} ${route}`).sort());
    const names = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  test('every problem is documented where it can occur, except those of a wrong method and of signing in to the console', () => {
    const shown = new Set(
      Object.values(document.paths).flatMap((methods) =>
        Object.values(methods).flatMap(({ responses }) =>
          Object.values(responses).flatMap(({ content }) =>
            Object.keys(content?.['application/problem+json']?.examples ?? {}),
          ),
        ),
      ),
    );
    expect([...shown].sort()).toEqual(
      Object.keys(PROBLEMS)
        .filter(
          (type) => !['method-not-allowed', 'sign-in-off', 'sign-in-failed', 'invalid-logout-token'].includes(type),
        )
        .sort(),
    );
  });

  test('a discriminator names the schema of each value', () => {
    const mappings: (object | undefined)[] = [];
    JSON.stringify(document, (key, value: { mapping?: object } | undefined) => {
      if (key === 'discriminator') mappings.push(value?.mapping);
      return value;
    });
    expect(mappings.length).toBeGreaterThan(0);
    for (const mapping of mappings) expect(Object.keys(mapping ?? {}).length).toBeGreaterThan(1);
  });

  test('an order made from the examples is accepted, and a second one of that name is refused', async () => {
    const signup = await api.as(['tenants:order']);
    const example = exampleOf(document, document.components.schemas['TenantProvisioningRequest']!) as object;
    expect(example).toMatchObject({ tenantName: 'acme-bikes' });
    const accepted = await signup.post('/v1/tenants', example);
    expect({ status: accepted.status, body: accepted.body as unknown }).toMatchObject({ status: 202 });
    expect((await signup.post('/v1/tenants', example)).status).toBe(409);
  });

  test('orders are described in full, with examples', () => {
    const text = JSON.stringify(document.components.schemas['TenantProvisioningRequest']);
    for (const field of ['tenantName', 'adminUser', 'subscription', 'compliance', 'paymentMethod', 'customizations'])
      expect(text).toContain(`"${field}"`);
    expect(text).toContain('acme-bikes');
  });

  test('the documentation page loads everything from the API itself', async () => {
    const { text, headers } = await request(api.app).get('/docs');
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    const links = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link!);
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) {
      expect(link).toMatch(/^\/assets\//);
      expect([link, (await request(api.app).get(link)).status]).toEqual([link, 200]);
    }
    expect((await request(api.app).get('/')).headers['location']).toBe('/docs');
  });

  test.each(['claim', 'open'])('the page /%s has no inline script, and puts no token into a URL', async (name) => {
    const { text, headers } = await request(api.app).get(`/${name}`);
    expect(headers['content-security-policy']).toMatch(/script-src 'self';/);
    expect(text).not.toMatch(/<script(?![^>]+src=)|style=|onclick/);
    const script = (await request(api.app).get(`/assets/${name}.js`)).text;
    expect(script).toContain('location.hash');
    expect(script).not.toMatch(/innerHTML|location\.search/);
  });
});
