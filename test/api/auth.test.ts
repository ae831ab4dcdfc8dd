import type { IncomingMessage } from 'node:http';
import { ANONYMOUS, firstOf, principalOfToken, tokenAuthentication, type Principal } from '../../api/auth';
import { createApiToken } from '../../registry/api-tokens';
import type { Queryable } from '../../registry/database';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../helpers/registry';

const ada: Principal = { id: 'oidc:ada', name: 'ada', roles: ['tenants:read'] };
const request = (authorization?: string) => ({ headers: { authorization } }) as unknown as IncomingMessage;

describe('of several ways to tell who asks', () => {
  test('the first that knows decides, and those after it are not asked', async () => {
    const after = jest.fn();
    const authenticate = firstOf(
      () => Promise.resolve(undefined),
      () => Promise.resolve(ada),
      after,
    );
    expect(await authenticate(request())).toBe(ada);
    expect(after).not.toHaveBeenCalled();
  });

  test('no method recognises: the request has no principal', async () => {
    expect(await firstOf(() => Promise.resolve(undefined))(request())).toBeUndefined();
    expect(await firstOf()(request())).toBeUndefined();
  });
});

test('anonymous callers of open routes have no roles', () => {
  expect(ANONYMOUS).toEqual({ id: 'anonymous', name: 'anonymous', roles: [] });
});

test('what cannot be a token is not looked up', async () => {
  const query = jest.fn();
  const db = { query } as unknown as Queryable;
  for (const token of [undefined, '', 'tp_0', "' or 1=1 --"]) expect(await principalOfToken(db, token)).toBeUndefined();
  expect(query).not.toHaveBeenCalled();
});

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('tokens in the registry: not run, this machine has no PostgreSQL');

suite('a token of the registry', () => {
  let registry: TestRegistry;
  let token: string;
  beforeAll(async () => {
    registry = await createTestRegistry();
    const expiresAt = new Date(Date.now() + 3_600_000);
    ({ token } = await createApiToken(registry.pool, {
      name: 'signup',
      roles: ['tenants:order', 'gone:role'],
      expiresAt,
    }));
  });
  afterAll(() => registry.drop());

  test('stands for its holder, with the roles that there are', async () => {
    expect(await principalOfToken(registry.pool, token)).toEqual({
      id: 'token:signup',
      name: 'signup',
      roles: ['tenants:order'],
    });
  });

  test('that is well-formed but was never issued authenticates no one', async () => {
    const other = token.replace(/[0-9a-zA-Z]{4}$/, (end) => (end === 'aaaa' ? 'bbbb' : 'aaaa'));
    expect(await principalOfToken(registry.pool, other)).toBeUndefined();
  });

  test.each<[string, (token: string) => string | undefined, boolean]>([
    ['as it should be', (it) => `Bearer ${it}`, true],
    ['with the scheme in lower case and more blanks', (it) => `bearer   ${it}`, true],
    ['without a scheme', (it) => it, false],
    ['with another scheme', (it) => `Basic ${it}`, false],
    ['with something before the scheme', (it) => `x Bearer ${it}`, false],
    ['with something behind it', (it) => `Bearer ${it} x`, false],
    ['without a blank', (it) => `Bearer${it}`, false],
    ['not at all', () => undefined, false],
  ])('is taken from the header %s', async (_, header, known) => {
    const principal = await tokenAuthentication(registry.pool)(request(header(token)));
    expect(principal?.id).toBe(known ? 'token:signup' : undefined);
  });
});
