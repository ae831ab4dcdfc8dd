import { createPublicKey } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, type JSONWebKeySet, type JWK } from 'jose';
import { readBytes } from '../files';

/** The public keys of a file: a JWK Set, as `GET /v1/audit/keys` answers it, a single JWK, or PEM. Throws for anything else. */
export async function readKeys(file: string): Promise<JSONWebKeySet> {
  const text = (await readBytes(file)).toString();
  const keys = text.trimStart().startsWith('{') ? keysOfJson(text) : await keyOfPem(text);
  if (!keys || keys.length === 0) throw new Error(`${file} has no public key: it is neither a JWK, a JWK Set nor PEM.`);
  return { keys: await Promise.all(keys.map(withId)) };
}

function keysOfJson(text: string): JWK[] | undefined {
  try {
    const value = JSON.parse(text) as Partial<JSONWebKeySet> & JWK;
    return value.keys ?? (typeof value.kty === 'string' ? [value] : undefined);
  } catch {
    return undefined;
  }
}

async function keyOfPem(text: string): Promise<JWK[] | undefined> {
  try {
    return [await exportJWK(createPublicKey(text))];
  } catch {
    return undefined;
  }
}

/** A signature names its key by the RFC 7638 thumbprint, which a key from another program may lack. */
async function withId(key: JWK): Promise<JWK> {
  return { ...key, kid: key.kid ?? (await calculateJwkThumbprint(key)) };
}
