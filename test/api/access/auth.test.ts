import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { ANONYMOUS, firstOf, principalOfToken, tokenAuthentication, type Principal } from '../../../api/access/auth';
import { createApiToken } from '../../../registry/credentials/api-tokens';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const ada: Principal = { id: 'oidc:ada', name: 'ada', roles: ['tenants:read'] };
const request = (authorization?: string): IncomingMessage =>
  Object.assign(new IncomingMessage(new Socket()), { headers: { authorization } });

describe('several authentication methods', () => {
  test('the first that recognises the caller decides, and later ones are not tried', async () => {
    const after = jest.fn();
    const authenticate = firstOf(
      () => Promise.resolve(undefined),
      () => Promise.resolve(ada),
      after,
    );
    expect(await authenticate(request())).toBe(ada);
    expect(after).not.toHaveBeenCalled();
  });

  test('a request that no method recognises has no principal', async () => {
    expect(await firstOf(() => Promise.resolve(undefined))(request())).toBeUndefined();
    expect(await firstOf()(request())).toBeUndefined();
  });
});

test('anonymous callers of open routes have no roles', () => {
  expect(ANONYMOUS).toEqual({ id: 'anonymous', name: 'anonymous', roles: [] });
});

test('text that cannot be a token is not looked up', async () => {
  const query = jest.fn();
  for (const token of [undefined, '', 'tp_0', "' or 1=1 --"])
    expect(await principalOfToken({ query }, token)).toBeUndefined();
  expect(query).not.toHaveBeenCalled();
});

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('tokens in the registry: not run, this machine has no PostgreSQL');

suite('a token in the registry', () => {
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

  test('identifies its holder, with only the roles that exist', async () => {
    expect(await principalOfToken(registry.pool, token)).toEqual({
      id: 'token:signup',
      name: 'signup',
      roles: ['tenants:order'],
    });
  });

  test('does not authenticate if it is well-formed but was never issued', async () => {
    const other = token.replace(/.{4}$/, (end) => (end === 'aaaa' ? 'bbbb' : 'aaaa'));
    expect(await principalOfToken(registry.pool, other)).toBeUndefined();
  });

  test.each<[string, (token: string) => string | undefined, boolean]>([
    ['in the right form', (it) => `Bearer ${it}`, true],
    ['with the scheme in lower case and more blanks', (it) => `bearer   ${it}`, true],
    ['without a scheme', (it) => it, false],
    ['with another scheme', (it) => `Basic ${it}`, false],
    ['with something before the scheme', (it) => `x Bearer ${it}`, false],
    ['with something behind it', (it) => `Bearer ${it} x`, false],
    ['without a blank', (it) => `Bearer${it}`, false],
    ['that is absent', () => undefined, false],
  ])('is read from the Authorization header %s', async (_, header, known) => {
    const principal = await tokenAuthentication(registry.pool)(request(header(token)));
    expect(principal?.id).toBe(known ? 'token:signup' : undefined);
  });
});
