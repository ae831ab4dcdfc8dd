import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { parseXML } from '@aws-sdk/xml-builder';
import { requestSignal } from '../../port/request-signal';
import { tracedCall } from '../../port/traced-call';
import { StorageError } from '../errors';
import type { AccessKey } from '../s3-client';

/** One request to a Versity server. */
export interface SignedRequest {
  method: string;
  url: URL;
  body?: string;
  key: AccessKey;
  /** The S3 region to sign for. */
  region: string;
  signal: AbortSignal;
}

const TIMEOUT_MS = 10_000;

/**
 * Sends a request with an AWS signature (version 4, service `s3`), for calls that the AWS SDK does not have. Resolves with the answer's
 * parsed XML, or `{}` if it is empty. Throws a `StorageError` with the server's code, or the error of `fetch`. Times out after 10 seconds.
 */
export function sendSigned(request: SignedRequest): Promise<unknown> {
  // The paths of these calls hold no names: users are named in the query.
  const operation = `${request.method} ${request.url.pathname}`;
  return tracedCall({ provider: 'versity', operation }, () => send(request));
}

async function send({ method, url, body, key, region, signal }: SignedRequest): Promise<unknown> {
  const signer = new SignatureV4({ service: 's3', region, credentials: key, sha256: Sha256, uriEscapePath: false });
  const { headers } = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host, ...(body === undefined ? {} : { 'content-type': 'application/xml' }) },
    ...(body === undefined ? {} : { body }),
  });
  const { host: _host, ...sent } = headers;
  const answer = await fetch(url, {
    method,
    headers: sent,
    ...(body === undefined ? {} : { body }),
    signal: requestSignal(signal, TIMEOUT_MS),
  });
  const text = await answer.text();
  const document = text.trim() === '' ? {} : parse(text, answer);
  if (answer.ok) return document;
  const { Code, Message } = ((document as { Error?: unknown }).Error ?? document) as {
    Code?: string;
    Message?: string;
  };
  throw storageError(answer, Code ?? 'UnknownError', Message ?? `Versity answered ${answer.status}.`);
}

function parse(text: string, answer: Response): unknown {
  try {
    return parseXML(text);
  } catch {
    throw storageError(answer, 'MalformedAnswer', 'The answer is not XML.');
  }
}

function storageError({ status, headers }: Response, code: string, message: string): StorageError {
  return new StorageError(code, status, message, Object.fromEntries(headers));
}
