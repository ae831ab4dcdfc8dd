import { AIMED_KINDS } from './plan/faults';
import { createDice, estimate, kindsWithout, sample } from './plan/schedule';
import { createTenantIndex } from './proxies/tenant-index';
import { statementsIn } from './proxies/postgres-log';
import { aimedScenarios } from './scenarios/aimed';
import { killScenarios } from './scenarios/kills';

const TENANT = 'abcdefghijklmnop';

test('a sample has every kind of aimed fault and a kill, however short it is, and is the same for the same seed', () => {
  const all = [...aimedScenarios('provision'), ...killScenarios('provision')];
  const names = (seed: number): string[] => sample(all, 1, createDice(seed)).map(({ name }) => name);
  const kinds = sample(all, 1, createDice(1)).map(({ kind }) => kind);
  const kills = kinds.filter((kind) => kind.startsWith('kill'));
  expect(kinds.filter((kind) => !kills.includes(kind)).sort()).toEqual([...AIMED_KINDS].sort());
  expect(kills).toHaveLength(1);
  expect(names(7)).toEqual(names(7));
  expect(names(7)).not.toEqual(names(8));
});

test('a sample has one of each kind that runs alone as soon as there is time, and the shorter of two', () => {
  const item = (kind: string, seconds: number, alone = true) => ({ kind, seconds, alone });
  const all = [item('a fault', 5, false), item('an outage', 100), item('an outage', 60), item('a sweep', 20)];
  const chosen = (seconds: number) => sample(all, seconds, createDice(1));
  expect(chosen(1)).toEqual([all[0]]);
  expect(kindsWithout(all, chosen(1))).toEqual(['an outage', 'a sweep']);
  expect(chosen(120)).toEqual([all[0], all[3]]);
  expect(estimate(chosen(180))).toBeLessThanOrEqual(180);
  expect(chosen(180)).toEqual([all[0], all[2], all[3]]);
  expect(chosen(1000)).toEqual(all);
});

test('a request’s tenant is recognised by its content, or by an object made for the tenant before', () => {
  const index = createTenantIndex();
  const request = { method: 'POST', path: '/v1/customers', headers: {}, body: `metadata[tenantId]=${TENANT}` };
  expect(index.tenantOf(request)).toBe(TENANT);
  const answer = { status: 200, headers: {}, body: '{ "id": "cus_1", "object": "customer" }' };
  index.learn({ ...request, receivedAt: new Date(), answer });
  expect(index.tenantOf({ method: 'DELETE', path: '/v1/customers/cus_1', headers: {}, body: '' })).toBe(TENANT);
  expect(index.tenantOf({ method: 'DELETE', path: '/v1/customers/cus_2', headers: {}, body: '' })).toBeUndefined();
});

test('PostgreSQL’s log is read statement by statement, and only the product’s statements', () => {
  const log = [
    `1767225600.123|provisioner|LOG:  statement: select 1;`,
    `	create role "t_${TENANT}_owner" nologin`,
    `1767225600.200|postgres|LOG:  statement: create schema t_${TENANT}`,
    `1767225600.300|provisioner|LOG:  execute <unnamed>: delete from app.tenant where tenant_id = $1`,
    `1767225600.300|provisioner|DETAIL:  parameters: $1 = '${TENANT}'`,
    '',
  ].join('\n');
  expect(statementsIn(log)).toEqual([
    { at: 1767225600123, path: expect.stringContaining('create role'), tenantId: TENANT },
    { at: 1767225600300, path: expect.stringContaining('delete from app.tenant'), tenantId: TENANT },
  ]);
});
