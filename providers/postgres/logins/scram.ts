import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/** A new password: 256 random bits as 43 characters that need no escaping in a connection string. */
export function newPassword(): string {
  return randomBytes(32).toString('base64url');
}

const ITERATIONS = 4096;

/**
 * The SCRAM verifier that PostgreSQL stores for a password (RFC 5802 §3, RFC 7677; format as in `src/common/scram-common.c`). Sending it
 * instead of the password keeps the password out of the server's logs, whatever `log_statement` is. The password must be printable ASCII,
 * because SASLprep is not applied.
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16)): string {
  if (!/^[\x21-\x7e]+$/.test(password))
    throw new Error('A database password must consist of printable ASCII characters.');
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const hmac = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${hmac('Server Key').toString('base64')}`;
}
