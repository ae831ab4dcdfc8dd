import { AIMED_KINDS } from './plan/faults';
import { createDice, sample } from './plan/schedule';
import { createTenantIndex } from './proxies/tenant-index';
import { statementsIn } from './proxies/postgres-log';
import { aimedScenarios } from './scenarios/aimed';
import { killScenarios } from './scenarios/kills';

const TENANT = 'abcdefghijklmnop';

test('a sample has one of every kind, however short it is, and the same seed gives the same', () => {
  const all = [...aimedScenarios(), ...killScenarios()];
  const names = (seed: number): string[] => sample(all, 1, createDice(seed)).map(({ name }) => name);
  const kinds = new Set(sample(all, 1, createDice(1)).map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual(
    [...AIMED_KINDS, 'kill with nothing under way', 'kill with something under way'].sort(),
  );
  expect(names(7)).toEqual(names(7));
  expect(names(7)).not.toEqual(names(8));
});

test('a request is known by what it says, or by what was made for the tenant before', () => {
  const index = createTenantIndex();
  const request = { method: 'POST', path: '/v1/customers', headers: {}, body: `metadata[tenantId]=${TENANT}` };
  expect(index.tenantOf(request)).toBe(TENANT);
  const answer = { status: 200, headers: {}, body: '{ "id": "cus_1", "object": "customer" }' };
  index.learn({ ...request, receivedAt: new Date(), answer });
  expect(index.tenantOf({ method: 'DELETE', path: '/v1/customers/cus_1', headers: {}, body: '' })).toBe(TENANT);
  expect(index.tenantOf({ method: 'DELETE', path: '/v1/customers/cus_2', headers: {}, body: '' })).toBeUndefined();
});

test('PostgreSQL’s log is read statement by statement, the product’s only', () => {
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
