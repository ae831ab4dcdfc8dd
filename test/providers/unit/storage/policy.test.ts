import fc from 'fast-check';
import { bucketPolicyFor, policyStateIn } from '../../../../providers/storage/bucket/bucket-policy';
import {
  kmsKeyIn,
  samePolicy,
  tenantPolicy,
  type Policy,
  type PolicyOptions,
} from '../../../../providers/storage/bucket/policy';
import { dashName } from '../../../../contract/ids';
import { actionsOf, verdict, type S3Request } from './policy-model';

const KEY = 'arn:aws:kms:eu-central-1:1:key/11111111-2222-3333-4444-555555555555';
const userOf = (bucket: string): string => `arn:aws:iam::1:user/tenants/eu/${bucket}`;

const tenantId = fc.stringMatching(/^[a-z][a-z0-9]{15}$/);
const bucketOf = tenantId.map(dashName);
const options: fc.Arbitrary<PolicyOptions> = fc.record({
  tlsOnly: fc.boolean(),
  kmsKeyArn: fc.constantFrom(undefined, KEY),
  overQuota: fc.boolean(),
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
  test('allows no other principal anything, whatever the request', () => {
    fc.assert(
      fc.property(bucketOf, bucketOf, options, action, key, fc.boolean(), (mine, other, given, what, object, tls) => {
        fc.pre(mine !== other);
        const policy = tenantPolicy(mine, userOf(mine), given);
        for (const principal of [userOf(other), userOf(`${mine}x`), '*', 'anonymous'])
          expect(verdict(policy, { principal, action: what, bucket: mine, key: object, tls })).not.toBe('allowed');
      }),
    );
  });

  test('reaches no other bucket, not even one whose name begins the same', () => {
    fc.assert(
      fc.property(bucketOf, bucketOf, options, action, key, (mine, other, given, what, object) => {
        const policy = tenantPolicy(mine, userOf(mine), given);
        const request = { principal: userOf(mine), action: what, key: object, tls: true };
        for (const bucket of [other, `${mine}2`, mine.slice(0, -1)].filter((name) => name !== mine))
          expect(verdict(policy, { ...request, bucket })).toBe('not allowed');
      }),
    );
  });

  test('allows the tenant exactly the actions it names, and none without TLS where TLS is available', () => {
    fc.assert(
      fc.property(bucketOf, options, action, key, fc.boolean(), (bucket, given, what, object, tls) => {
        const policy = tenantPolicy(bucket, userOf(bucket), given);
        const answer = verdict(policy, { principal: userOf(bucket), action: what, bucket, key: object, tls });
        if (given.tlsOnly && !tls) expect(answer).toBe('denied');
        else expect(answer).toBe(actionsOf(policy).includes(what) ? 'allowed' : 'not allowed');
      }),
    );
  });

  test('allows no change to the bucket’s own settings', () => {
    fc.assert(
      fc.property(bucketOf, options, (bucket, given) => {
        for (const what of actionsOf(tenantPolicy(bucket, 'u', given)))
          expect(what).not.toMatch(/\*|^s3:(Put|Delete)Bucket|Acl|Bypass|Configuration/);
      }),
    );
  });

  test('above the quota allows everything except writing', () => {
    const written = actionsOf(policyOf()).filter((what) => !actionsOf(policyOf({ overQuota: true })).includes(what));
    expect(written.sort()).toEqual(['s3:PutObject', 's3:PutObjectTagging']);
    expect(verdict(policyOf({ overQuota: true }), PLAIN_PUT)).toBe('not allowed');
    expect(verdict(policyOf({ overQuota: true }), { ...PLAIN_PUT, action: 's3:DeleteObjectVersion' })).toBe('allowed');
  });
});

describe('while a tenant is suspended', () => {
  const asTenant = (given: Partial<PolicyOptions>, what: string, object: string, tls = true): string =>
    verdict(policyOf(given), { ...PLAIN_PUT, action: what, key: object, tls });

  test('a closed bucket denies its tenant every request, also when it is above its quota', () => {
    fc.assert(
      fc.property(options, action, key, fc.boolean(), fc.boolean(), (given, what, object, tls, onBucketItself) => {
        const policy = policyOf({ ...given, access: 'closed' });
        expect(verdict(policy, { ...PLAIN_PUT, action: what, key: object, tls, onBucketItself })).toBe('denied');
      }),
    );
  });

  test('a read-only bucket allows what an open one allows, except for what writes, deletes or aborts', () => {
    fc.assert(
      fc.property(options, action, key, fc.boolean(), (given, what, object, tls) => {
        const changes = /^s3:(Put|Delete|Abort)|\*/.test(what);
        const answer = asTenant({ ...given, access: 'read-only' }, what, object, tls);
        if (changes) expect(answer).not.toBe('allowed');
        else expect(answer).toBe(asTenant(given, what, object, tls));
      }),
    );
    const allowed = known.filter((what) => asTenant({ access: 'read-only' }, what, 'a') === 'allowed');
    expect(allowed).toEqual(known.filter((what) => /^s3:(Get|List)/.test(what)));
  });

  test('nobody else is denied or allowed anything more than before', () => {
    fc.assert(
      fc.property(
        options,
        fc.constantFrom('closed' as const, 'read-only' as const),
        action,
        key,
        (given, access, what, object) => {
          const request = { ...PLAIN_PUT, principal: 'the product', action: what, key: object };
          expect(verdict(policyOf({ ...given, access }), request)).toBe(verdict(policyOf(given), request));
        },
      ),
    );
  });

  test.each(['open', 'read-only', 'closed'] as const)(
    '%s is read back from the stored policy, with its quota',
    (access) => {
      const store = { conditions: true, settings: {} as Parameters<typeof bucketPolicyFor>[0]['settings'] };
      for (const overQuota of [false, true])
        for (const kmsKeyArn of [undefined, KEY]) {
          const stored = JSON.stringify(bucketPolicyFor(store, 't-x', 'u', { kmsKeyArn, overQuota, access }));
          expect(kmsKeyIn(stored)).toBe(kmsKeyArn);
          const place = { bucket: 't-x', principal: 'u', kmsKeyArn };
          expect(policyStateIn(store, place, stored)).toEqual({ access, overQuota });
          expect(policyStateIn(store, { ...place, principal: 'v' }, stored)).toBeUndefined();
        }
    },
  );
});

describe('with a key of the tenant’s own', () => {
  const policy = policyOf({ kmsKeyArn: KEY });
  test.each<[string, Partial<S3Request>, string]>([
    ['does not mention encryption, so that the bucket decides', {}, 'allowed'],
    ['names the key', { encryption: 'aws:kms', kmsKey: KEY }, 'allowed'],
    ['names another key', { encryption: 'aws:kms', kmsKey: `${KEY}6` }, 'denied'],
    ['names the service without a key, which means AWS’s own key', { encryption: 'aws:kms' }, 'denied'],
    ['requests a key of S3', { encryption: 'AES256' }, 'denied'],
    ['brings its own key', { customerKey: 'AES256' }, 'denied'],
  ])('a write that %s is %s', (_, more, expected) => {
    expect(verdict(policy, { ...PLAIN_PUT, ...more })).toBe(expected);
  });
});

describe('no part of the policy is redundant: without it some request is answered differently', () => {
  const full = policyOf({ kmsKeyArn: KEY });
  const suspended = (['closed', 'read-only'] as const).map((access) => policyOf({ access }));
  const asked: S3Request[] = [
    ...known.map((what) => ({ ...PLAIN_PUT, action: what })),
    { ...PLAIN_PUT, tls: false },
    { ...PLAIN_PUT, encryption: 'AES256' },
    { ...PLAIN_PUT, encryption: 'aws:kms', kmsKey: KEY },
    { ...PLAIN_PUT, customerKey: 'AES256' },
    { ...PLAIN_PUT, action: 's3:DeleteObject', onBucketItself: true },
  ];
  const answers = (policy: Policy): string => JSON.stringify(asked.map((request) => verdict(policy, request)));

  const isOfDenial = ([part]: [string, Policy]): boolean => part.startsWith('without Statement.3');
  const rows = [
    ...mutants(full).map((mutant) => [...mutant, full] as const),
    // The denial overrules the other statements, so only its own parts matter.
    ...suspended.flatMap((policy) =>
      mutants(policy)
        .filter(isOfDenial)
        .map((mutant) => [...mutant, policy] as const),
    ),
  ];

  test.each(rows)('%s', (_, mutant, whole) => {
    expect(answers(mutant)).not.toBe(answers(whole));
    expect(samePolicy(JSON.stringify(mutant), whole)).toBe(false);
  });
});

/** The policy with one part missing: a statement, an action, a resource, a condition, or one key of a condition. */
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
    const isUnconditional = statement['Condition'] === undefined;
    return [
      without(['Statement', index]),
      ...(isUnconditional ? [...each('Action'), ...each('Resource')] : []),
      ...Object.keys(conditions).map((operator) => without(['Statement', index, 'Condition', operator])),
    ];
  });
}

describe('a stored policy', () => {
  test('is recognised in the form a store returns it, and not with any difference', () => {
    const policy = policyOf();
    const stored = JSON.parse(JSON.stringify(policy)) as { Statement: Record<string, unknown>[] };
    stored.Statement.reverse();
    for (const statement of stored.Statement) (statement['Action'] as string[]).reverse();
    stored.Statement[1]!['Principal'] = { AWS: userOf('t-x') };
    expect(samePolicy(JSON.stringify(stored), policy)).toBe(true);
    // AWS's replacement for a user that was deleted.
    stored.Statement[1]!['Principal'] = { AWS: 'AIDAEXAMPLE' };
    expect(samePolicy(JSON.stringify(stored), policy)).toBe(false);
    expect(samePolicy(undefined, policy)).toBe(false);
    expect(samePolicy('{', policy)).toBe(false);
  });

  test('has no denials at a store that ignores conditions, even when it is reached with TLS', () => {
    const settings = { endpoint: 'https://objects.example' } as Parameters<typeof bucketPolicyFor>[0]['settings'];
    const denials = (conditions: boolean): number =>
      bucketPolicyFor({ conditions, settings }, 't-x', 'u', {}).Statement.filter(({ Effect }) => Effect === 'Deny')
        .length;
    expect([denials(true), denials(false)]).toEqual([1, 0]);
  });
});
