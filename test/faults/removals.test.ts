import { generateKeyPairSync, sign } from 'node:crypto';
import type { KnownResource } from './checker/evidence';
import { falsehood, isSigned, type Certificate, type Truth } from './checker/invariants/changes/i17-true-certificate';
import { nothingLeft } from './checker/invariants/changes/i18-nothing-left';
import { callsOf } from './plan/calls/calls';
import { rulesOf, stepsOf } from '../../contract/operations/kinds';

const TENANT = 'abcdefghijklmnop';
const REMOVED = { scenario: 'a test', operationId: 'op_3', tenantId: TENANT, names: ['ada@acme.example'] };

function row(kind: string, state: KnownResource['state'] = 'absent'): KnownResource {
  const at = { tenantId: TENANT, operationId: 'op_1', step: 'database', provider: 'postgres' } as const;
  return { ...at, kind, state, intendedAt: new Date(0) };
}

function certificate(changes: Partial<Certificate> = {}): Certificate {
  return {
    tenantId: TENANT,
    operationId: 'op_3',
    began: '2026-01-02T00:00:00.000Z',
    completed: '2026-01-02T00:00:01.000Z',
    resources: [{ kind: 'bucket', asked: [{ answer: 'absent' }] }],
    accepted: [{ kind: 'idp-organization' }],
    retained: [{ what: 'invoices: in_1' }],
    keys: [{ key: 'data-key', destroyedAt: '2026-01-02T00:00:00.500Z' }],
    audit: { sequence: 2, hash: 'b' },
    ...changes,
  };
}

const TRUTH: Truth = {
  tenantId: TENANT,
  operationId: 'op_3',
  ledger: [row('bucket'), row('idp-organization', 'accepted')],
  invoices: ['in_1'],
  keys: 1,
  trail: new Map([[2, 'b']]),
};

describe('the checker detects a certificate (I17)', () => {
  test.each<[string, Certificate, Partial<Truth>]>([
    ['of another tenant', certificate({ tenantId: 'ponmlkjihgfedcba' }), {}],
    ['that leaves out a resource', certificate(), { ledger: [...TRUTH.ledger, row('pooled-share')] }],
    ['that claims a removal', certificate(), { ledger: [row('bucket', 'present'), TRUTH.ledger[1]!] }],
    ['that hides an accepted leftover', certificate({ accepted: [] }), {}],
    ['of a removal that no provider confirmed', certificate({ resources: [{ kind: 'bucket', asked: [] }] }), {}],
    ['that does not name an invoice', certificate({ retained: [] }), {}],
    ['of a key that is still there', certificate({ keys: [{ key: 'data-key', destroyedAt: null }] }), {}],
    ['over another audit trail', certificate(), { trail: new Map([[2, 'c']]) }],
    ['that ends before it begins', certificate({ completed: '2026-01-01T00:00:00.000Z' }), {}],
  ])('%s', (_, said, changes) => {
    expect(falsehood(certificate(), TRUTH)).toBeUndefined();
    expect(falsehood(said, { ...TRUTH, ...changes })).toEqual(expect.any(String));
  });

  test('that was changed after it was signed, or signed by another', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const key = { ...publicKey.export({ format: 'jwk' }), kid: 'audit-1' };
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const parts = { protected: part({ kid: 'audit-1' }), payload: part(certificate()) };
    const signature = sign(null, Buffer.from(`${parts.protected}.${parts.payload}`), privateKey).toString('base64url');
    expect(isSigned({ ...parts, signature }, [key])).toBe(true);
    expect(isSigned({ ...parts, payload: part(certificate({ accepted: [] })), signature }, [key])).toBe(false);
    expect(isSigned({ ...parts, signature }, [{ ...key, kid: 'audit-2' }])).toBe(false);
  });
});

test('the checker detects what is left of a removed tenant, except what its certificate names (I18)', () => {
  const bucket = { tenantId: TENANT, provider: 'versity', what: 'bucket', name: `t-${TENANT}` } as const;
  const backup = { tenantId: TENANT, what: 'object vault/backups/bk_0123456789/part' };
  const left = (named: Pick<Certificate, 'accepted' | 'retained'>): number =>
    nothingLeft([REMOVED], {
      evidence: { holdings: [bucket] },
      remains: [backup],
      certificates: new Map([[TENANT, named]]),
    }).violations.length;
  const accepted = [{ kind: 'bucket' }];
  const retained = [{ what: 'backup bk_0123456789' }];
  expect(left({ accepted: [], retained })).toBe(1);
  expect(left({ accepted, retained: [] })).toBe(1);
  expect(left({ accepted, retained })).toBe(0);
});

test('a removal is disturbed past its pivot at everything that a provisioning makes', () => {
  const removed = new Set(callsOf('deprovision').flatMap(({ of }) => of ?? []));
  const { steps } = rulesOf('provision');
  expect(removed).toEqual(new Set(stepsOf('provision').filter((step) => steps[step]?.leavesNothing !== true)));
});
