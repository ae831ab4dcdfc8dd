import type { Principal } from '../../../api/access/auth';
import { ROLES, type Role } from '../../../api/access/roles';
import {
  endpointsSeenBy,
  grantsOf,
  operationsSeenBy,
  READS_OPERATIONS,
  READS_TENANTS,
  tenantsSeenBy,
} from '../../../api/access/visibility';

const someone = (...roles: Role[]): Principal => ({ id: 'token:someone', name: 'someone', roles });
const OWN = 'token:someone';
const ALL = Object.keys(ROLES) as Role[];

test('each role determines whether its holder sees all operations and all tenants', () => {
  const seesAll = (seenBy: (principal: Principal) => string | undefined): Role[] =>
    ALL.filter((role) => seenBy(someone(role)) === undefined);
  expect(seesAll(operationsSeenBy)).toEqual([
    'tenants:read',
    'approvals:decide',
    'operations:operate',
    'tenants:suspend',
    'tenants:deprovision',
    'legal-hold:manage',
  ]);
  expect(seesAll(tenantsSeenBy)).toEqual([
    'tenants:read',
    'operations:operate',
    'tenants:suspend',
    'tenants:deprovision',
    'legal-hold:manage',
    'keys:destroy',
    'api-keys:manage',
    'flags:manage',
  ]);
});

test('all other callers, even without a role, see only what they ordered', () => {
  for (const seenBy of [operationsSeenBy, tenantsSeenBy]) {
    expect(seenBy(someone())).toBe(OWN);
    expect(seenBy(someone('tenants:order', 'api-keys:verify'))).toBe(OWN);
  }
});

test('an approver who also orders sees every operation, but only their own tenants', () => {
  const both = someone('tenants:order', 'approvals:decide');
  expect(operationsSeenBy(both)).toBeUndefined();
  expect(tenantsSeenBy(both)).toBe(OWN);
});

test('one role that sees everything is enough beside any others', () => {
  expect(tenantsSeenBy(someone('approvals:decide', 'tenants:read'))).toBeUndefined();
  expect(operationsSeenBy(someone('tenants:order', 'operations:operate'))).toBeUndefined();
});

test('only operators see the webhook endpoints of others', () => {
  expect(ALL.filter((role) => endpointsSeenBy(someone(role)) === undefined)).toEqual(['operations:operate']);
});

test('an endpoint receives what its owner sees by its roles', () => {
  expect(grantsOf(someone('webhooks:manage', 'tenants:order'))).toEqual({ operation: [], tenant: [], operators: [] });
  expect(grantsOf(someone('webhooks:manage', 'approvals:decide', 'operations:operate', 'keys:destroy'))).toEqual({
    operation: ['approvals:decide', 'operations:operate'],
    tenant: ['operations:operate', 'keys:destroy'],
    operators: ['operations:operate'],
  });
});

test('operations and tenants are read by those who order them and those who look after them, not by those who only manage keys', () => {
  const readers = ['tenants:order', 'tenants:read', 'tenants:suspend', 'tenants:deprovision', 'legal-hold:manage'];
  expect([...READS_OPERATIONS].sort()).toEqual([...readers, 'approvals:decide', 'operations:operate'].sort());
  expect([...READS_TENANTS].sort()).toEqual([...readers, 'operations:operate'].sort());
});
