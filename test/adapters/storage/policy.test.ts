import fc from 'fast-check';
import { policyAt } from '../../../activities/adapters/storage/policy-at';
import { samePolicy, tenantPolicy, type Policy, type PolicyOptions } from '../../../activities/adapters/storage/policy';
import { dashName } from '../../../contract/ids';
import { actionsOf, verdict, type S3Request } from './policy-model';

const KEY = 'arn:aws:kms:eu-central-1:1:key/11111111-2222-3333-4444-555555555555';
const userOf = (bucket: string): string => `arn:aws:iam::1:user/tenants/eu/${bucket}`;

const tenantId = fc.stringMatching(/^[a-z][a-z0-9]{15}$/);
const bucketOf = tenantId.map(dashName);
const options: fc.Arbitrary<PolicyOptions> = fc.record({
  tlsOnly: fc.boolean(),
  kmsKeyArn: fc.constantFrom(undefined, KEY),
  readOnly: fc.boolean(),
});
const known = actionsOf(tenantPolicy('t-x', 'u', { tlsOnly: false }));
const action = fc.oneof(
  fc.constantFrom(...known),
  fc.constantFrom('s3:PutBucketPolicy', 's3:DeleteBucket', 's3:PutObjectAcl', 's3:BypassGovernanceRetention', 's3:*'),
  fc.stringMatching(/^s3:[A-Z][A-Za-z]{2,20}$/),
);
const key = fc.stringMatching(/^[ -~]{1,20}$/);

const PLAIN_PUT: S3Request = { principal: userOf('t-x'), action: 's3:PutObject', bucket: 't-x', key: 'a', tls: true };
const policyOf = (given: Partial<PolicyOptions> = {}): Policy =>
  tenantPolicy('t-x', userOf('t-x'), { tlsOnly: true, ...given });

describe('the policy of any tenant’s bucket', () => {
  test('allows nobody else anything, whatever they ask for', () => {
    fc.assert(
      fc.property(bucketOf, bucketOf, options, action, key, fc.boolean(), (mine, other, given, what, object, tls) => {
        fc.pre(mine !== other);
        const policy = tenantPolicy(mine, userOf(mine), given);
        for (const principal of [userOf(other), userOf(`${mine}x`), '*', 'anonymous'])
          expect(verdict(policy, { principal, action: what, bucket: mine, key: object, tls })).not.toBe('allowed');
      }),
    );
  });

  test('reaches no other bucket, also none whose name begins like it', () => {
    fc.assert(
      fc.property(bucketOf, bucketOf, options, action, key, (mine, other, given, what, object) => {
        const policy = tenantPolicy(mine, userOf(mine), given);
        const request = { principal: userOf(mine), action: what, key: object, tls: true };
        for (const bucket of [other, `${mine}2`, mine.slice(0, -1)].filter((name) => name !== mine))
          expect(verdict(policy, { ...request, bucket })).toBe('not allowed');
      }),
    );
  });

  test('allows the tenant exactly the actions it names, and none without TLS where that is there', () => {
    fc.assert(
      fc.property(bucketOf, options, action, key, fc.boolean(), (bucket, given, what, object, tls) => {
        const policy = tenantPolicy(bucket, userOf(bucket), given);
        const answer = verdict(policy, { principal: userOf(bucket), action: what, bucket, key: object, tls });
        if (given.tlsOnly && !tls) expect(answer).toBe('denied');
        else expect(answer).toBe(actionsOf(policy).includes(what) ? 'allowed' : 'not allowed');
      }),
    );
  });

  test('gives none of the bucket’s own settings away', () => {
    fc.assert(
      fc.property(bucketOf, options, (bucket, given) => {
        for (const what of actionsOf(tenantPolicy(bucket, 'u', given)))
          expect(what).not.toMatch(/\*|^s3:(Put|Delete)Bucket|Acl|Bypass|Configuration/);
      }),
    );
  });

  test('above the quota allows everything but to write', () => {
    const written = actionsOf(policyOf()).filter((what) => !actionsOf(policyOf({ readOnly: true })).includes(what));
    expect(written.sort()).toEqual(['s3:PutObject', 's3:PutObjectTagging']);
    expect(verdict(policyOf({ readOnly: true }), PLAIN_PUT)).toBe('not allowed');
    expect(verdict(policyOf({ readOnly: true }), { ...PLAIN_PUT, action: 's3:DeleteObjectVersion' })).toBe('allowed');
  });
});

describe('with a key of the tenant’s own', () => {
  const policy = policyOf({ kmsKeyArn: KEY });
  test.each<[string, Partial<S3Request>, string]>([
    ['says nothing of encryption, so that the bucket decides', {}, 'allowed'],
    ['names the key', { encryption: 'aws:kms', kmsKey: KEY }, 'allowed'],
    ['names another key', { encryption: 'aws:kms', kmsKey: `${KEY}6` }, 'denied'],
    ['names the service and no key, which means a key of AWS’s own', { encryption: 'aws:kms' }, 'denied'],
    ['wants a key of S3', { encryption: 'AES256' }, 'denied'],
    ['brings a key along', { customerKey: 'AES256' }, 'denied'],
  ])('a write that %s is %s', (_, more, expected) => {
    expect(verdict(policy, { ...PLAIN_PUT, ...more })).toBe(expected);
  });
});

describe('no part of the policy is there for nothing: without it something else is allowed or refused', () => {
  const full = policyOf({ kmsKeyArn: KEY });
  const asked: S3Request[] = [
    ...known.map((what) => ({ ...PLAIN_PUT, action: what })),
    { ...PLAIN_PUT, tls: false },
    { ...PLAIN_PUT, encryption: 'AES256' },
    { ...PLAIN_PUT, encryption: 'aws:kms', kmsKey: KEY },
    { ...PLAIN_PUT, customerKey: 'AES256' },
    { ...PLAIN_PUT, action: 's3:DeleteObject', onBucketItself: true },
  ];
  const answers = (policy: Policy): string => JSON.stringify(asked.map((request) => verdict(policy, request)));

  test.each(mutants(full))('%s', (_, mutant) => {
    expect(answers(mutant)).not.toBe(answers(full));
    expect(samePolicy(JSON.stringify(mutant), full)).toBe(false);
  });
});

/** The policy with one part missing: a statement, an action, a resource, a condition, a key of one. */
function mutants(policy: Policy): [string, Policy][] {
  const without = (path: (string | number)[]): [string, Policy] => {
    const copy = structuredClone(policy);
    const last = path.at(-1)!;
    const parent = path.slice(0, -1).reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], copy);
    if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else delete (parent as Record<string, unknown>)[last];
    return [`without ${path.join('.')}`, copy];
  };
  return policy.Statement.flatMap((statement, index) => {
    const conditions = (statement['Condition'] ?? {}) as Record<string, Record<string, unknown>>;
    const each = (name: string): [string, Policy][] => {
      const list = statement[name] as string[];
      return list.map((_, at) => without(['Statement', index, name, at]));
    };
    const allowed = statement['Effect'] === 'Allow';
    return [
      without(['Statement', index]),
      ...(allowed ? [...each('Action'), ...each('Resource')] : []),
      ...Object.keys(conditions).map((operator) => without(['Statement', index, 'Condition', operator])),
    ];
  });
}

describe('a stored policy', () => {
  test('is recognised as a store writes it, and not when anything in it differs', () => {
    const policy = policyOf();
    const stored = JSON.parse(JSON.stringify(policy)) as { Statement: Record<string, unknown>[] };
    stored.Statement.reverse();
    for (const statement of stored.Statement) (statement['Action'] as string[]).reverse();
    stored.Statement[1]!['Principal'] = { AWS: userOf('t-x') };
    expect(samePolicy(JSON.stringify(stored), policy)).toBe(true);
    // What AWS makes of a user that was deleted.
    stored.Statement[1]!['Principal'] = { AWS: 'AIDAEXAMPLE' };
    expect(samePolicy(JSON.stringify(stored), policy)).toBe(false);
    expect(samePolicy(undefined, policy)).toBe(false);
    expect(samePolicy('{', policy)).toBe(false);
  });

  test('denies nobody anything at a store that overlooks conditions, also when it is reached with TLS', () => {
    const settings = { endpoint: 'https://objects.example' } as Parameters<typeof policyAt>[0]['settings'];
    const denials = (conditions: boolean): number =>
      policyAt({ conditions, settings }, 't-x', 'u', {}).Statement.filter(({ Effect }) => Effect === 'Deny').length;
    expect([denials(true), denials(false)]).toEqual([1, 0]);
  });
});
