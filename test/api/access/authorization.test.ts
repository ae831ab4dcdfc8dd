import { randomUUID } from 'node:crypto';
import request, { type Response } from 'supertest';
import type { Route } from '../../../api/http/route';
import { backupIdOf } from '../../../contract/backups/backups';
import { requestBackup } from '../../../registry/backups/backups';
import { storeApiKeys } from '../../../registry/credentials/api-keys';
import { createNamedSecret, SCIM_TOKENS, SSO_LINKS } from '../../../registry/credentials/named-secrets';
import { createApiToken } from '../../../registry/credentials/api-tokens';
import { writeConfiguration } from '../../../registry/tenants/configuration';
import { noteDiscrepancy } from '../../../registry/audit/findings';
import { createTest } from '../../../registry/webhooks/deliveries';
import { createEndpoint } from '../../../registry/webhooks/endpoint-secrets';
import { endpointIdOf } from '../../../contract/webhooks/webhooks';
import { openSweep } from '../../../registry/maintenance/sweeps';
import { recordTemplateVersion } from '../../../registry/templates/versions';
import { ALL_ROLES, order, PUBLIC_URL, startApiHarness, type ApiHarness } from '../../helpers/api';
import { testSigner } from '../../helpers/audit/audit-chain';
import { issueCertificate } from '../../helpers/audit/certificates';
import { makeExport } from '../../helpers/tenants/exports';
import { NO_GRANTS } from '../../helpers/webhooks/endpoints';
import { placeOrder } from '../../helpers/tenants/operations';
import { hasPostgres } from '../../helpers/registry';
import {
  bodiesOf,
  expectation,
  INSIDE,
  isRoles,
  UNOWNED,
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
  // Sees everything and also owns an object.
  ['tenants:order', 'tenants:read'],
];
const WHOSE: Whose[] = ['own', 'foreign', 'missing'];
const BODIES = bodiesOf(order);
const MISSING: Record<string, string> = {
  operationId: 'op_aaaaaaaaaaaaaaaaaaaa',
  tenantId: 'aaaaaaaaaaaaaaaa',
  backupId: `bk_${'0'.repeat(32)}`,
  endpointId: `we_${'0'.repeat(32)}`,
  deliveryId: `msg_${'0'.repeat(32)}`,
};

type Things = Record<string, string>;

suite('authorization by role and ownership', () => {
  const signer = testSigner();
  let api: ApiHarness;
  let foreign: Things;

  beforeAll(async () => {
    api = await startApiHarness();
    foreign = await thingsOf('somebody-else');
    const found = { tenantId: 'control-plane', region: 'eu-central', sequence: 1, problem: 'Entry 1 was edited.' };
    expect((await noteDiscrepancy(api.registry.pool, found)).findingId).toBe(UNOWNED.findingId);
    await api.registry.pool.query(
      `insert into billing_finding (finding_id, tenant_id, problem, object_id) values ($1, $2, 'card_expiring', 'sub_1')`,
      [UNOWNED.billingFindingId, foreign.tenantId],
    );
    const { templates } = api.dependencies;
    await recordTemplateVersion(api.registry.pool, UNOWNED.fingerprint, templates.get(UNOWNED.plan));
    await openSweep(api.registry.pool, { sweepId: UNOWNED.sweepId, requestedBy: 'test', dryRun: true });
  });
  afterAll(() => api.stop());

  /** Makes an operation, a tenant with a configuration, a backup and a certificate, and a webhook endpoint with a message, all of this caller. */
  async function thingsOf(name: string): Promise<Things> {
    const client = await api.as(await api.token(['tenants:order'], name));
    const { operationId, tenantId } = await placeOrder(client);
    const sections = { features: {}, modules: {}, settings: {}, branding: {}, integrations: {}, notifications: {} };
    const { pool, keys } = api.registry;
    await writeConfiguration(pool, keys, tenantId, 1, {
      ...sections,
      reporting: {},
      flags: { [UNOWNED.flag]: { variants: { on: true, off: false }, defaultVariant: 'off' } },
    });
    await storeApiKeys(pool, tenantId, [{ name: UNOWNED.keyName, scopes: [], key: tenantId }]);
    await createNamedSecret(pool, SCIM_TOKENS, { tenantId, name: UNOWNED.tokenName, actor: 'test' });
    const link = { tenantId, name: UNOWNED.linkName, actor: 'test', expiresInDays: 1 };
    await createNamedSecret(pool, SSO_LINKS, link);
    await pool.query(`insert into tenant_domain (domain_id, tenant_id, domain, token) values ($1, $1, $2, 'test')`, [
      tenantId,
      UNOWNED.domain,
    ]);
    const backupId = backupIdOf(randomUUID());
    await requestBackup(pool, { backupId, tenantId, region: 'eu-central', reason: 'requested', requestedBy: 'test' });
    await issueCertificate(pool, signer, { tenantId, operationId });
    await makeExport(api.registry, { tenantId, operationId, token: 'x'.repeat(43) });
    const endpointId = endpointIdOf(randomUUID());
    const endpoint = { url: 'https://hooks.example.com/', eventTypes: null, grants: NO_GRANTS };
    await createEndpoint(pool, keys, { ...endpoint, endpointId, actor: `token:${name}` });
    const deliveryId = await createTest(pool, endpointId, PUBLIC_URL);
    return { operationId, tenantId, backupId, endpointId, deliveryId };
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
    const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => ({ ...UNOWNED, ...things })[name]!);
    const sent = request(api.app)[route.method](path);
    if (token !== undefined) void sent.auth(token, { type: 'bearer' });
    return route.body ? sent.send((BODIES[route.operationId] ?? (() => ({})))()) : sent;
  }

  test('every route has an expectation: known path parameters, and a valid body where it needs one', () => {
    for (const route of api.routes) {
      const known = { ...SEES_OTHERS, ...UNOWNED };
      expect({
        path: route.path,
        unknown: parametersOf(route.path).filter((name) => !(name in known || INSIDE.includes(name))),
      }).toEqual({
        path: route.path,
        unknown: [],
      });
      const body = (BODIES[route.operationId] ?? (() => ({})))();
      if (route.body && !route.rawBody)
        expect({ route: route.operationId, taken: route.body.safeParse(body).success }).toMatchObject({ taken: true });
    }
  });

  test('every route answers every caller as the matrix says, about own, foreign and missing objects', async () => {
    const wrong: string[] = [];
    let asked = 0;
    for (const caller of CALLERS) {
      const token = await tokenOf(caller);
      const own = await thingsOf(nameOf(caller));
      const things: Record<Whose, Things> = { own, foreign, missing: MISSING };
      // What a route deletes, other routes must have been asked about before.
      const deleting = (route: Route): number => Number(route.method === 'delete');
      for (const route of [...api.routes].sort((a, b) => deleting(a) - deleting(b)))
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

  test('an object that a caller may not see looks like one that does not exist', async () => {
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

  test('lists show callers their own orders, and those of others only with a role that sees them', async () => {
    let looked = 0;
    for (const caller of CALLERS.filter(isRoles)) {
      const token = await tokenOf(caller);
      for (const route of api.routes.filter((each) => each.method === 'get' && parametersOf(each.path).length === 0)) {
        const { text, status } = await send(route, token, {});
        const hidden = Object.entries(foreign).filter(
          ([kind]) => !INSIDE.includes(kind) && !SEES_OTHERS[kind]!.some((role) => caller.includes(role)),
        );
        // A caller that sees another caller's operation also sees the id of its tenant.
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

/** An answer without the members that differ in every request. */
function shown({ status, body }: Response): object {
  const { instance: _path, requestId: _id, ...rest } = body as Record<string, unknown>;
  return { status, ...rest };
}
