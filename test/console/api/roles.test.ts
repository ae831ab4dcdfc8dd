import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROLES } from '../../../api/access/roles';
import { mayCall } from '../../../console/api/access';
import { ROUTE_ROLES } from '../../../console/api/route-roles';
import { apiDocument } from '../../../scripts/api-document';

const CONSOLE = path.resolve('console');
const GENERATED = 'api/route-roles.ts';

/** Every operation of the OpenAPI document. */
const documented = Object.values(apiDocument('https://provisioner.example.com').paths ?? {}).flatMap((item) =>
  [item.get, item.post, item.put, item.patch, item.delete].flatMap((operation) => operation ?? []),
);

test('the console’s table has the roles of the OpenAPI document (npm run docs updates it)', () => {
  const roles = documented.flatMap(({ operationId, 'x-roles': needed }) => (needed ? [[operationId, needed]] : []));
  expect(roles.length).toBeGreaterThan(50);
  expect(ROUTE_ROLES).toEqual(Object.fromEntries(roles));
});

test('the OpenAPI document names roles for exactly the operations that a person’s or a program’s token opens', () => {
  for (const { operationId, security, 'x-roles': needed } of documented)
    expect([operationId, needed !== undefined]).toEqual([operationId, security!.some((way) => 'token' in way)]);
});

test('no source of the console names a role: it asks which roles a route needs', () => {
  const sources = readdirSync(CONSOLE, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.(?:tsx?|html)$/.test(file) && file !== GENERATED,
  );
  expect(sources.length).toBeGreaterThan(50);
  const named = sources.flatMap((file) => {
    const text = readFileSync(path.join(CONSOLE, file), 'utf8');
    // `/keys:destroy` is the path of a route.
    const isNamed = (role: string): boolean => new RegExp(`(?<![/\\w-])${role}(?![\\w-])`).test(text);
    return Object.keys(ROLES).flatMap((role) => (isNamed(role) ? [`${file} names ${role}`] : []));
  });
  expect(named).toEqual([]);
});

test('one of the needed roles is enough, another is not, and a route without roles is for everyone who is signed in', () => {
  expect(mayCall(['operations:operate'], 'cancelOperation')).toBe(true);
  expect(mayCall(['tenants:read'], 'cancelOperation')).toBe(false);
  expect(mayCall([], 'cancelOperation')).toBe(false);
  expect(mayCall([], 'listTemplates')).toBe(true);
});
