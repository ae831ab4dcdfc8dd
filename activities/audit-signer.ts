import { createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, FlattenedSign, type JWK } from 'jose';
import { auditLine } from '../contract/audit';
import { HEAD_ALGORITHM, HEAD_TYPE, type AuditHead, type SignedHead } from '../contract/audit-head';

/** Signs heads of audit trails. */
export interface AuditSigner {
  /** What verifies them; its `kid` is the RFC 7638 thumbprint. */
  publicJwk(): Promise<JWK & { kid: string }>;
  /** The same head gives the same bytes, whoever signs it how often. */
  sign(head: AuditHead): Promise<SignedHead>;
}

/** A signer with an Ed25519 key. */
export function createAuditSigner(key: KeyObject): AuditSigner {
  const publicJwk = async (): Promise<JWK & { kid: string }> => {
    const jwk = await exportJWK(createPublicKey(key));
    return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: HEAD_ALGORITHM, use: 'sig' };
  };
  return {
    publicJwk,
    sign: async (head) => {
      const { kid } = await publicJwk();
      const signing = new FlattenedSign(Buffer.from(auditLine(head)));
      signing.setProtectedHeader({ alg: HEAD_ALGORITHM, kid, typ: HEAD_TYPE });
      const { payload, protected: header, signature } = await signing.sign(key);
      return { payload, protected: header!, signature };
    },
  };
}
