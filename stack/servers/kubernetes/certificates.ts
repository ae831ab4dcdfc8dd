import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MONTH = 30 * 24 * 60 * 60 * 1000;

/** The certificate (with its issuer's) and key that the API server creates in the folder. The controllers use them too. */
export function servingFiles(dir: string): { certificate: string; key: string } {
  return { certificate: join(dir, 'apiserver.crt'), key: join(dir, 'apiserver.key') };
}

/**
 * Deletes the serving certificate if it expires within a month, so that the API server creates a new one. It does so only if there is none:
 * the new certificate is valid for a year, and the server does not check the date of an existing one.
 */
export function dropOldCertificate(dir: string): void {
  const { certificate, key } = servingFiles(dir);
  if (!existsSync(certificate)) return;
  if (Date.parse(new X509Certificate(readFileSync(certificate)).validTo) > Date.now() + MONTH) return;
  for (const file of [certificate, key]) rmSync(file, { force: true });
}

/** The key pair that signs ServiceAccount tokens. It is kept, so that tokens stay valid after a restart. */
export function serviceAccountKeys(dir: string): { privateKey: string; publicKey: string } {
  const files = { privateKey: join(dir, 'accounts.key'), publicKey: join(dir, 'accounts.pub') };
  if (!existsSync(files.privateKey)) {
    const made = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    writeFileSync(files.privateKey, made.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  }
  const key = createPublicKey(createPrivateKey(readFileSync(files.privateKey)));
  writeFileSync(files.publicKey, key.export({ type: 'spki', format: 'pem' }));
  return files;
}
