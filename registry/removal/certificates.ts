import type { SignedText } from '../../contract/audit/signature';
import { maybeOne, type Queryable } from '../database';

/** A certificate to be stored. */
export interface StoredCertificate {
  tenantId: string;
  certificateId: string;
  operationId: string;
  /** The key that has signed it. */
  keyId: string;
  signed: SignedText;
}

/** Stores the certificate of a tenant, which has only one. */
export async function insertCertificate(
  db: Queryable,
  { tenantId, certificateId, operationId, keyId, signed }: StoredCertificate,
): Promise<void> {
  await db.query(
    `insert into removal_certificate (tenant_id, certificate_id, operation_id, key_id, signed) values ($1, $2, $3, $4, $5)`,
    [tenantId, certificateId, operationId, keyId, JSON.stringify(signed)],
  );
}

/** The signed certificate of a tenant; undefined while there is none. */
export async function findCertificate(db: Queryable, tenantId: string): Promise<SignedText | undefined> {
  const row = await maybeOne<{ signed: SignedText }>(
    db,
    `select signed from removal_certificate where tenant_id = $1`,
    [tenantId],
  );
  return row?.signed;
}
