import { createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, FlattenedSign, type JWK } from 'jose';
import { auditLine } from '../../contract/audit/chain';
import { HEAD_TYPE, type AuditHead, type SignedHead } from '../../contract/audit/head';
import { SIGNATURE_ALGORITHM, type SignedText } from '../../contract/audit/signature';
import { CERTIFICATE_TYPE } from '../../contract/removal/certificate';
import type { RemovalCertificate, SignedCertificate } from '../../contract/schemas/tenants/certificate-schema';

/** Signs the heads of audit trails, and the certificates of removed tenants. */
export interface AuditSigner {
  /** The key that verifies the signatures; its `kid` is the RFC 7638 thumbprint. */
  publicJwk(): Promise<JWK & { kid: string }>;
  /** Signs a head. Deterministic: the same head always gives the same bytes. */
  sign(head: AuditHead): Promise<SignedHead>;
  /** Signs a certificate. Deterministic, too. */
  certify(certificate: RemovalCertificate): Promise<SignedCertificate>;
}

/** Creates a signer with an Ed25519 private key. */
export function createAuditSigner(key: KeyObject): AuditSigner {
  const publicJwk = async (): Promise<JWK & { kid: string }> => {
    const jwk = await exportJWK(createPublicKey(key));
    return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: SIGNATURE_ALGORITHM, use: 'sig' };
  };
  const signAs = async (typ: string, content: object): Promise<SignedText> => {
    const { kid } = await publicJwk();
    const signing = new FlattenedSign(Buffer.from(auditLine(content)));
    signing.setProtectedHeader({ alg: SIGNATURE_ALGORITHM, kid, typ });
    const { payload, protected: header, signature } = await signing.sign(key);
    return { payload, protected: header!, signature };
  };
  return {
    publicJwk,
    sign: (head) => signAs(HEAD_TYPE, head),
    certify: async (certificate) => ({ certificate, signed: await signAs(CERTIFICATE_TYPE, certificate) }),
  };
}
