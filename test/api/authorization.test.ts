import { randomUUID } from 'node:crypto';
import request, { type Response } from 'supertest';
import type { Route } from '../../api/route';
import { backupIdOf } from '../../contract/backups';
import { requestBackup } from '../../registry/backups';
import { storeApiKeys } from '../../registry/api-keys';
import { createApiToken } from '../../registry/api-tokens';
import { writeConfiguration } from '../../registry/configuration';
import { noteDiscrepancy } from '../../registry/audit-findings';
import { openSweep } from '../../registry/sweeps';
import { ALL_ROLES, order, startApiHarness, type ApiHarness } from '../helpers/api';
import { placeOrder } from '../helpers/operations';
import { hasPostgres } from '../helpers/registry';
import {
  bodiesOf,
  expectation,
  INSIDE,
  isRoles,
  NOBODYS,
  objectIn,
  parametersOf,
  SEES_OTHERS,
  type Caller,
  type Whose,
} from './authorization-matrix';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the authorization matrix: not run, this machine has no PostgreSQL');

const CALLERS: Caller[] = [
  'no token',
  'unknown',
  'expired',
  'revoked',
  [],
  ...ALL_ROLES.map((role) => [role]),
  // Sees everything and owns something.
  ['tenants:order', 'tenants:read'],
];
const WHOSE: Whose[] = ['own', 'foreign', 'missing'];
const BODIES = bodiesOf(order);
const MISSING: Record<string, string> = {
  operationId: 'op_aaaaaaaaaaaaaaaaaaaa',
  tenantId: 'aaaaaaaaaaaaaaaa',
  backupId: `bk_${'0'.repeat(32)}`,
};

type Things = Record<string, string>;

suite('who may do what to whose', () => {
  let api: ApiHarness;
  let foreign: Things;

  beforeAll(async () => {
    api = await startApiHarness();
    foreign = await thingsOf('somebody-else');
    const found = { tenantId: 'control-plane', region: 'eu-central', sequence: 1, problem: 'Entry 1 was edited.' };
    expect((await noteDiscrepancy(api.registry.pool, found)).findingId).toBe(NOBODYS.findingId);
    await openSweep(api.registry.pool, { sweepId: NOBODYS.sweepId, requestedBy: 'test', dryRun: true });
  });
  afterAll(() => api.stop());

  /** An operation and a tenant with a configuration and a backup, ordered by this caller. */
  async function thingsOf(name: string): Promise<Things> {
    const client = await api.as(await api.token(['tenants:order'], name));
    const { operationId, tenantId } = await placeOrder(client);
    const sections = { features: {}, modules: {}, settings: {}, branding: {}, integrations: {}, notifications: {} };
    const { pool, keys } = api.registry;
    await writeConfiguration(pool, keys, tenantId, 1, { ...sections, reporting: {} });
    await storeApiKeys(pool, tenantId, [{ name: NOBODYS.keyName, prefix: 'ak_00000000', scopes: [], key: tenantId }]);
    const backupId = backupIdOf(randomUUID());
    await requestBackup(pool, { backupId, tenantId, region: 'eu-central', reason: 'requested', requestedBy: 'test' });
    return { operationId, tenantId, backupId };
  }

  async function tokenOf(caller: Caller): Promise<string | undefined> {
    if (caller === 'no token') return undefined;
    if (isRoles(caller)) return api.token(caller, nameOf(caller));
    const { pool } = api.registry;
    const expiresAt = new Date(Date.now() + (caller === 'expired' ? -1_000 : 3_600_000));
    const { token, tokenId } = await createApiToken(pool, { name: caller, roles: [...ALL_ROLES], expiresAt });
    if (caller === 'revoked')
      await pool.query('update api_token set revoked_at = now() where token_id = $1', [tokenId]);
    if (caller === 'unknown') await pool.query('delete from api_token where token_id = $1', [tokenId]);
    return token;
  }

  async function send(route: Route, token: string | undefined, things: Things): Promise<Response> {
    const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => ({ ...NOBODYS, ...things })[name]!);
    const sent = request(api.app)[route.method](path);
    if (token !== undefined) void sent.auth(token, { type: 'bearer' });
    return route.body ? sent.send((BODIES[route.operationId] ?? (() => ({})))()) : sent;
  }

  test('every route has an expectation: its path names known things, and there is a body that it takes', () => {
    for (const route of api.routes) {
      const known = { ...SEES_OTHERS, ...NOBODYS };
      expect({
        path: route.path,
        unknown: parametersOf(route.path).filter((name) => !(name in known || INSIDE.includes(name))),
      }).toEqual({
        path: route.path,
        unknown: [],
      });
      const body = (BODIES[route.operationId] ?? (() => ({})))();
      if (route.body)
        expect({ route: route.operationId, taken: route.body.safeParse(body).success }).toMatchObject({ taken: true });
    }
  });

  test('every route answers every caller as the table says, about own, foreign and missing things', async () => {
    const wrong: string[] = [];
    let asked = 0;
    for (const caller of CALLERS) {
      const token = await tokenOf(caller);
      const own = await thingsOf(nameOf(caller));
      const things: Record<Whose, Things> = { own, foreign, missing: MISSING };
      for (const route of api.routes)
        for (const whose of objectIn(route) === undefined ? [undefined] : WHOSE) {
          const { status } = await send(route, token, things[whose ?? 'missing']);
          const expected = expectation(route, caller, whose);
          const refused = route.access === 'public' ? [401, 403] : [401, 403, 404];
          const right = expected === 'admitted' ? !refused.includes(status) && status < 500 : status === expected;
          asked += 1;
          if (!right)
            wrong.push(`${nameOf(caller)}: ${route.operationId}, ${whose ?? 'nothing'}: ${status}, not ${expected}`);
        }
    }
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThan(CALLERS.length * api.routes.length);
  }, 240_000);

  test('what a caller may not see cannot be told from what does not exist', async () => {
    let compared = 0;
    for (const caller of CALLERS.filter(isRoles)) {
      const token = await tokenOf(caller);
      for (const route of api.routes) {
        if (objectIn(route) === undefined || expectation(route, caller, 'foreign') === 'admitted') continue;
        if (SEES_OTHERS[objectIn(route)!]!.some((role) => caller.includes(role))) continue;
        const [hidden, absent] = [await send(route, token, foreign), await send(route, token, MISSING)];
        expect(shown(hidden)).toEqual(shown(absent));
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(5);
  }, 120_000);

  test('lists show a caller what it ordered, and what others ordered to those only who may see it', async () => {
    let looked = 0;
    for (const caller of CALLERS.filter(isRoles)) {
      const token = await tokenOf(caller);
      for (const route of api.routes.filter((each) => each.method === 'get' && parametersOf(each.path).length === 0)) {
        const { text, status } = await send(route, token, {});
        const hidden = Object.entries(foreign).filter(
          ([kind]) => !INSIDE.includes(kind) && !SEES_OTHERS[kind]!.some((role) => caller.includes(role)),
        );
        // Whoever sees an operation of somebody else's sees which tenant it is about.
        const visible = caller.some((role) => SEES_OTHERS['operationId']!.includes(role));
        if (status === 200 && !visible) for (const [, id] of hidden) expect(text).not.toContain(id);
        if (status === 200) looked += 1;
      }
    }
    expect(looked).toBeGreaterThan(CALLERS.length);
  });
});

function nameOf(caller: Caller): string {
  return isRoles(caller) ? `roles-${caller.join('-').replaceAll(':', '-')}` : caller.replace(' ', '-');
}

/** An answer without what differs between any two requests. */
function shown({ status, body }: Response): object {
  const { instance: _path, requestId: _id, ...rest } = body as Record<string, unknown>;
  return { status, ...rest };
}
