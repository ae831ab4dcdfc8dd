import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { verifyCertificate } from '../../../cli/verify-certificate/verify';
import { AUDIT_TRAIL, certificateIdOf, CERTIFICATE_VERSION, headlineOf } from '../../../contract/removal/certificate';
import type { RemovalAnswer, RemovalCertificate } from '../../../contract/schemas/tenants/certificate-schema';
import type { AuditSigner } from '../../../providers/keys/audit-signer';
import { registerAuditKey } from '../../../registry/audit/heads';
import { insertCertificate } from '../../../registry/removal/certificates';
import type { TestProduct } from '../product';

/** A time of the removal that these certificates are about, in minutes after its request. */
export function minute(after: number): string {
  return new Date(Date.UTC(2026, 0, 31, 12, after)).toISOString();
}

/** An answer that something is gone, given after the removal. */
export function gone(change: Partial<RemovalAnswer> = {}): RemovalAnswer {
  return { who: 'postgres', how: 'lookup', at: minute(50), answer: 'absent', ...change };
}

type Removed = RemovalCertificate['resources'][number];

/** A schema that was removed. */
export function removed(change: Partial<Removed> = {}): Removed {
  return {
    kind: 'postgres-schema',
    provider: 'postgres',
    region: 'eu-central',
    cell: 'eu-central-1',
    name: 't_abcdefghijklmnop',
    removedAt: minute(41),
    deletesAt: null,
    asked: [gone(), gone({ how: 'listing', at: minute(51) })],
    ...change,
  };
}

/** A key at AWS KMS whose deletion is scheduled. */
const OWN_KEY = removed({
  kind: 'kms-key',
  provider: 'aws',
  cell: '',
  name: 't-abcdefghijklmnop',
  deletesAt: minute(50_000),
  asked: [gone({ who: 'aws', answer: 'scheduled' })],
});

/** A bucket that an operator has taken over. */
const BUCKET: RemovalCertificate['accepted'][number] = {
  kind: 'bucket',
  provider: 'versity',
  region: 'eu-central',
  cell: '',
  name: 't-abcdefghijklmnop',
  id: 't-abcdefghijklmnop',
  by: 'token:operator',
  at: minute(45),
  reason: 'The store was shut down.',
  asked: [gone({ who: 'versity', answer: 'unanswered' })],
};

/** A valid certificate with something of everything. The headline fits unless `change` has one. */
export function certificate(change: Partial<RemovalCertificate> = {}): RemovalCertificate {
  const content = {
    version: CERTIFICATE_VERSION,
    certificateId: 'rc_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60',
    tenantId: 'abcdefghijklmnop',
    plan: 'enterprise',
    region: 'eu-central',
    residency: 'EU',
    operationId: 'op_aaaaaaaaaaaaaaaaaaaa',
    requested: { by: 'token:signup', at: minute(0), reason: 'customer_request' },
    announced: { at: minute(2), removalAt: minute(30) },
    began: minute(40),
    completed: minute(60),
    resources: [removed(), OWN_KEY],
    accepted: [BUCKET],
    retained: [
      { what: AUDIT_TRAIL, where: 'registry', why: 'proof', until: null, readable: 'ids and enumerations' },
      { what: 'orders', where: 'registry', why: 'records', until: null, readable: false },
      {
        what: 'export',
        where: 'vault of eu-central',
        why: 'asked for',
        until: minute(90_000),
        readable: 'by the customer',
      },
    ],
    keys: [
      {
        key: 'data-key',
        generation: 1,
        provider: 'aws-kms',
        region: 'eu-central',
        destroyedAt: minute(43),
        deletesAt: null,
      },
      {
        key: 'own-key',
        generation: null,
        provider: 'aws-kms',
        region: 'eu-central',
        destroyedAt: null,
        deletesAt: minute(50_000),
      },
    ],
    evidence: { entries: 4, sha256: 'e'.repeat(64) },
    audit: { sequence: 9, hash: 'a'.repeat(64) },
    ...change,
  } satisfies Omit<RemovalCertificate, 'headline'>;
  return { headline: headlineOf(content), ...content };
}

/** Stores a certificate of this tenant as if it had been removed, signed by this signer. */
export async function issueCertificate(
  pool: pg.Pool,
  signer: AuditSigner,
  { tenantId, operationId }: Pick<RemovalCertificate, 'tenantId' | 'operationId'>,
  change: Partial<RemovalCertificate> = {},
): Promise<RemovalCertificate> {
  const certificateId = certificateIdOf(randomUUID());
  const content = certificate({ tenantId, operationId, certificateId, ...change });
  const jwk = await signer.publicJwk();
  await registerAuditKey(pool, jwk.kid, jwk);
  const { signed } = await signer.certify(content);
  await insertCertificate(pool, { tenantId, operationId, certificateId, keyId: jwk.kid, signed });
  return content;
}

/** What the signed certificate of a removal says, after it was verified with the keys that the API publishes. */
export async function verifiedCertificate(
  product: Pick<TestProduct, 'call'>,
  tenantId: string,
): Promise<RemovalCertificate> {
  const [certificate, keys, trail] = await Promise.all([
    product.call('operator', 'GET', `/v1/tenants/${tenantId}/certificate`),
    product.call(undefined, 'GET', '/v1/audit/keys'),
    product.call('operator', 'GET', `/v1/tenants/${tenantId}/audit?limit=10000`),
  ]);
  const result = await verifyCertificate({
    document: certificate.body,
    keys: keys.body,
    trail: Buffer.from(trail.body as unknown as string),
  });
  expect(result.findings).toEqual([]);
  return result.certificate!;
}
