import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { accessTokenAuthentication } from '../../../api/staff/authentication';
import { obeyLogout } from '../../../api/staff/logout';
import type { IdentityProvider } from '../../../api/staff/identity-provider';

const ISSUER = 'https://login.example.com/';
const SETTINGS = {
  ...{ issuer: ISSUER, clientId: 'console', clientSecret: 's', scopes: 'openid', audience: 'tenant-provisioner' },
  ...{ groupsClaim: 'groups', usernameClaim: 'preferred_username', roles: new Map() },
  ...{ idleSeconds: 1, absoluteSeconds: 1, recheckSeconds: 1 },
};
const LOGOUT = { 'http://schemas.openid.net/event/backchannel-logout': {} };

let key: CryptoKey;
let provider: Pick<IdentityProvider, 'verification'>;
beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  key = pair.privateKey;
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(pair.publicKey)), alg: 'ES256', kid: 'one' }] });
  provider = { verification: () => Promise.resolve({ issuer: ISSUER, keys }) };
});

/** Claims that may be wrong, or undefined to be left out. */
type AnyClaims = Record<string, unknown>;

const sign = (claims: AnyClaims, audience: string, header: object = {}): Promise<string> =>
  new SignJWT({ sub: 'ada', ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'one', ...header })
    .setIssuer(ISSUER)
    .setAudience(audience)
    .setIssuedAt(claims['iat'] as number | undefined)
    .setExpirationTime('5m')
    .sign(key);

describe('a token that the issuer signed for the API', () => {
  async function callerOf(claims: AnyClaims): Promise<string | undefined> {
    const request = new IncomingMessage(new Socket());
    request.headers.authorization = `Bearer ${await sign(claims, SETTINGS.audience)}`;
    return (await accessTokenAuthentication(provider, SETTINGS, () => new Date())(request))?.id;
  }

  test.each<[string, AnyClaims]>([
    ['plain', {}],
    ['of Keycloak’s form', { typ: 'Bearer' }],
  ])('authenticates if it is an access token: %s', async (_, claims) => {
    expect(await callerOf(claims)).toBe('user:ada');
  });

  test.each<[string, AnyClaims]>([
    ['an ID token of a sign-in', { nonce: 'n' }],
    ['an ID token of Keycloak', { typ: 'ID' }],
    ['a logout token', { events: LOGOUT }],
    ['bound to a key that the caller does not show', { cnf: { jkt: 'x' } }],
    ['about no person', { sub: '' }],
  ])('does not authenticate if it is %s', async (_, claims) => {
    expect(await callerOf(claims)).toBeUndefined();
  });
});

describe('a logout token that the issuer signed for the console', () => {
  const logout = async (claims: AnyClaims, header: object = {}): Promise<unknown> => {
    // Without a registry: a valid token gets as far as asking for it.
    const pool = { connect: () => Promise.reject(new Error('obeyed')) } as never;
    const token = await sign({ jti: 'j', events: LOGOUT, ...claims }, SETTINGS.clientId, header);
    return obeyLogout(token, { pool, provider, settings: SETTINGS, now: () => new Date() }).catch(
      (error: Error) => error.message,
    );
  };

  test.each<[string, AnyClaims, object]>([
    ['a person', {}, {}],
    ['a session', { sid: 's' }, { typ: 'logout+jwt' }],
    ['a person, in Keycloak’s form', {}, { typ: 'JWT' }],
  ])('is obeyed if it names %s', async (_, claims, header) => {
    expect(await logout(claims, header)).toBe('obeyed');
  });

  test.each<[string, AnyClaims, object, RegExp]>([
    ['without the event', { events: {} }, {}, /no logout token/],
    ['with a nonce', { nonce: 'n' }, {}, /no logout token/],
    ['of another type', {}, { typ: 'at+jwt' }, /no logout token/],
    ['without an id', { jti: undefined }, {}, /signature, issuer, audience, time or id/],
    ['that is old', { iat: Math.floor(Date.now() / 1000) - 400 }, {}, /time/],
    ['about nobody', { sub: undefined }, {}, /neither a session nor a person/],
  ])('is refused %s', async (_, claims, header, why) => {
    expect(await logout(claims, header)).toMatch(why);
  });
});
