import type { Principal } from '../../api/auth';
import { ROLES, type Role } from '../../api/roles';
import { operationsSeenBy, tenantsSeenBy } from '../../api/visibility';

const someone = (...roles: Role[]): Principal => ({ id: 'token:someone', name: 'someone', roles });
const OWN = 'token:someone';
const ALL = Object.keys(ROLES) as Role[];

test('a role decides alone whose operations and tenants its holder sees', () => {
  const seesAll = (seenBy: (principal: Principal) => string | undefined): Role[] =>
    ALL.filter((role) => seenBy(someone(role)) === undefined);
  expect(seesAll(operationsSeenBy)).toEqual(['tenants:read', 'approvals:decide', 'operations:operate']);
  expect(seesAll(tenantsSeenBy)).toEqual(['tenants:read', 'operations:operate', 'keys:destroy', 'api-keys:manage']);
});

test('everyone else sees what they ordered, and so does who has no role', () => {
  for (const seenBy of [operationsSeenBy, tenantsSeenBy]) {
    expect(seenBy(someone())).toBe(OWN);
    expect(seenBy(someone('tenants:order', 'api-keys:verify'))).toBe(OWN);
  }
});

test('an approver who also orders sees every operation, but only the tenants of own orders', () => {
  const both = someone('tenants:order', 'approvals:decide');
  expect(operationsSeenBy(both)).toBeUndefined();
  expect(tenantsSeenBy(both)).toBe(OWN);
});

test('one role that sees everything is enough, whichever others there are', () => {
  expect(tenantsSeenBy(someone('approvals:decide', 'tenants:read'))).toBeUndefined();
  expect(operationsSeenBy(someone('tenants:order', 'operations:operate'))).toBeUndefined();
});
