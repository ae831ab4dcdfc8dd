import { samePolicy, tenantPolicy } from '../../../activities/adapters/storage/policy';

const policy = tenantPolicy('t-x', 'arn:aws:iam::1:user/tenants/eu/t-x', { tlsOnly: true });

describe('the policy of a tenant’s bucket', () => {
  test('allows nobody but the tenant, and nobody without TLS', () => {
    const allowed = policy.Statement.filter((statement) => statement.Effect === 'Allow');
    expect(allowed.map((statement) => statement.Principal)).toEqual([
      { AWS: ['arn:aws:iam::1:user/tenants/eu/t-x'] },
      { AWS: ['arn:aws:iam::1:user/tenants/eu/t-x'] },
    ]);
    expect(policy.Statement.filter((statement) => statement.Effect === 'Deny')).toHaveLength(1);
    expect(tenantPolicy('t-x', 'u', { tlsOnly: false }).Statement).toHaveLength(2);
  });

  test('gives none of the bucket’s own settings away', () => {
    const actions = policy.Statement.filter((statement) => statement.Effect === 'Allow').flatMap(
      (statement) => statement.Action as string[],
    );
    for (const action of actions) expect(action).not.toMatch(/\*|^s3:(Put|Delete)Bucket|Acl|Bypass/);
  });

  test('is recognised as a store writes it, and not when anything in it differs', () => {
    const stored = JSON.parse(JSON.stringify(policy)) as { Statement: Record<string, unknown>[] };
    stored.Statement.reverse();
    for (const statement of stored.Statement) (statement.Action as string[]).reverse();
    stored.Statement[1]!.Principal = { AWS: 'arn:aws:iam::1:user/tenants/eu/t-x' };
    expect(samePolicy(JSON.stringify(stored), policy)).toBe(true);
    // What AWS makes of a user that was deleted.
    stored.Statement[1]!.Principal = { AWS: 'AIDAEXAMPLE' };
    expect(samePolicy(JSON.stringify(stored), policy)).toBe(false);
    expect(samePolicy(undefined, policy)).toBe(false);
    expect(samePolicy('{', policy)).toBe(false);
  });
});
