import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import type { TestProduct } from '../../../../helpers/product';
import type { Removed } from '../../../journal';
import type { Evidence, KnownResource } from '../../evidence';
import { examine, type Verdict } from '../../invariant';

/** What the checker reads of a certificate. */
export interface Certificate {
  tenantId: string;
  operationId: string;
  began: string;
  completed: string;
  resources: readonly { kind: string; asked: readonly { answer: string }[] }[];
  accepted: readonly { kind: string }[];
  retained: readonly { what: string }[];
  keys: readonly { key: string; destroyedAt: string | null }[];
  audit: { sequence: number; hash: string };
}

/** A certificate as the registry keeps it. */
export interface SignedCertificate {
  payload: string;
  protected: string;
  signature: string;
}

/** What a certificate is compared with, found out without it. */
export interface Truth {
  operationId: string;
  tenantId: string;
  /** Of the tenant, in its final states. */
  ledger: readonly KnownResource[];
  /** Ids of the tenant's invoices at Stripe. */
  invoices: readonly string[];
  /** Number of keys that ever encrypted the tenant's data in the registry. */
  keys: number;
  /** Hashes of the tenant's audit trail, by sequence. */
  trail: ReadonlyMap<number, string>;
}

/** The certificates of the removed tenants. */
export async function certificatesOf(
  { registry }: TestProduct,
  removed: readonly Removed[],
): Promise<Map<string, SignedCertificate>> {
  if (removed.length === 0) return new Map();
  const { rows } = await registry.query<{ tenantId: string; signed: SignedCertificate }>(
    `select tenant_id as "tenantId", signed from removal_certificate where tenant_id = any($1)`,
    [removed.map(({ tenantId }) => tenantId)],
  );
  return new Map(rows.map(({ tenantId, signed }) => [tenantId, signed]));
}

/** I17: each removed tenant has a certificate, which one of the published keys has signed and which says what is so. */
export async function trueCertificates(
  product: TestProduct,
  removed: readonly Removed[],
  { ledger }: Pick<Evidence, 'ledger'>,
  certificates: ReadonlyMap<string, SignedCertificate>,
): Promise<Verdict> {
  if (removed.length === 0) return { checked: 0, violations: [] };
  const { body } = await product.call('operator', 'GET', '/v1/audit/keys');
  const { keys } = body as { keys: (JsonWebKey & { kid: string })[] };
  const facts = await truths(product, removed, ledger);
  return examine(
    removed,
    ({ tenantId }) => {
      const signed = certificates.get(tenantId);
      if (!signed) return 'removed without a certificate';
      return isSigned(signed, keys)
        ? falsehood(contentOf(signed), facts.get(tenantId)!)
        : 'no published key has signed it';
    },
    ({ scenario, operationId, tenantId }) => ({ scenario, operationId, tenantId }),
  );
}

/** What a certificate says. */
export function contentOf({ payload }: SignedCertificate): Certificate {
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Certificate;
}

/** Whether one of the keys has signed it (RFC 7515, RFC 8037). */
export function isSigned(signed: SignedCertificate, keys: readonly (JsonWebKey & { kid: string })[]): boolean {
  const { kid } = JSON.parse(Buffer.from(signed.protected, 'base64url').toString()) as { kid: string };
  const jwk = keys.find((key) => key.kid === kid);
  if (!jwk) return false;
  const key = createPublicKey({ key: { kty: jwk.kty, crv: jwk.crv, x: jwk.x } as JsonWebKey, format: 'jwk' });
  const text = Buffer.from(`${signed.protected}.${signed.payload}`);
  return verify(null, text, key, Buffer.from(signed.signature, 'base64url'));
}

/** The first thing that a certificate says and that is not so, or that is so and it does not say. */
export function falsehood(certificate: Certificate, truth: Truth): string | undefined {
  const { tenantId, operationId, resources, accepted, retained, keys, audit, began, completed } = certificate;
  if (tenantId !== truth.tenantId || operationId !== truth.operationId) return 'it is about another removal';
  const kinds = (state: (row: KnownResource) => boolean): string =>
    truth.ledger
      .filter(state)
      .map(({ kind }) => kind)
      .sort()
      .join(', ');
  const said = (things: readonly { kind: string }[]): string =>
    things
      .map(({ kind }) => kind)
      .sort()
      .join(', ');
  // Each backup is a resource of its own.
  const removed = resources.filter(({ kind }) => kind !== 'backup');
  const gone = kinds(({ state }) => state === 'absent' || state === 'scheduled_for_deletion');
  if (said(removed) !== gone) return `it says that ${said(removed)} were removed; the ledger says ${gone}`;
  const kept = kinds(({ state }) => state === 'accepted');
  if (said(accepted) !== kept) return `it says that ${said(accepted)} were accepted; the ledger says ${kept}`;
  const unasked = resources.find(
    ({ asked }) => !asked.some(({ answer }) => answer === 'absent' || answer === 'scheduled'),
  );
  if (unasked) return `no provider confirmed that ${unasked.kind} is gone`;
  const standing = resources.find(({ asked }) => asked.some(({ answer }) => answer === 'present'));
  if (standing) return `a provider still showed ${standing.kind}`;
  const unnamed = truth.invoices.filter((id) => !retained.some(({ what }) => what.includes(id)));
  if (unnamed.length > 0) return `it does not name ${unnamed.join(', ')}, which Stripe keeps`;
  const destroyed = keys.filter(({ key, destroyedAt }) => key === 'data-key' && destroyedAt !== null).length;
  if (destroyed !== truth.keys) return `it says that ${destroyed} keys were destroyed, of ${truth.keys}`;
  if (truth.trail.get(audit.sequence) !== audit.hash)
    return `entry ${audit.sequence} of the audit trail has another hash`;
  if (began > completed) return `it says that the removal ended before it began`;
  return undefined;
}

async function truths(
  { registry, endpoints }: TestProduct,
  removed: readonly Removed[],
  ledger: readonly KnownResource[],
): Promise<Map<string, Truth>> {
  const ids = removed.map(({ tenantId }) => tenantId);
  const objects = async <T>(type: string): Promise<T[]> =>
    (await fetch(`${endpoints.stripe!.url}/_test/objects/${type}`)).json() as Promise<T[]>;
  const invoices = await objects<{ id: string; customer: string }>('invoice');
  const { rows: accounts } = await registry.query<{ tenantId: string; customer: string }>(
    `select tenant_id as "tenantId", external_id as customer from resource where kind = 'billing-customer' and tenant_id = any($1)`,
    [ids],
  );
  const { rows: generations } = await registry.query<{ tenantId: string; keys: number }>(
    `select tenant_id as "tenantId", count(*)::int as keys from key_generation where tenant_id = any($1) group by tenant_id`,
    [ids],
  );
  const { rows: entries } = await registry.query<{ tenantId: string; sequence: number; hash: string }>(
    `select tenant_id as "tenantId", sequence::int as sequence, encode(hash, 'hex') as hash from audit_entry where tenant_id = any($1)`,
    [ids],
  );
  return new Map(
    removed.map(({ tenantId, operationId }): [string, Truth] => {
      const { customer } = accounts.find((each) => each.tenantId === tenantId) ?? {};
      return [
        tenantId,
        {
          tenantId,
          operationId,
          ledger: ledger.filter((row) => row.tenantId === tenantId),
          invoices: invoices.filter((each) => each.customer === customer).map(({ id }) => id),
          keys: generations.find((each) => each.tenantId === tenantId)?.keys ?? 0,
          trail: new Map(
            entries.filter((each) => each.tenantId === tenantId).map(({ sequence, hash }) => [sequence, hash]),
          ),
        },
      ];
    }),
  );
}
