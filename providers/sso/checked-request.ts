import { Agent, errors, request } from 'undici';
import type { Network } from '../../contract/webhooks/addresses';
import { pinnedLookup, ReceiverRefused } from '../port/pinned-lookup';
import { requestSignal } from '../port/request-signal';
import { tracedCall } from '../port/traced-call';

/** Milliseconds to the connection, and to the end of a request. */
const CONNECT_MS = 5_000;
const WHOLE_MS = 10_000;

/** Most bytes of an answer that are read. */
const MOST_BYTES = 512 * 1024;

/** A form to post. */
export interface Form {
  fields: Record<string, string>;
  authorization?: string | undefined;
}

/** The status and the text of an answer (`undefined` if it is too long), or why there is no answer, in words and without an address. */
export type Answer = { status: number; text: string | undefined } | { problem: string };

/** How a customer's server is asked. */
export interface Asking {
  /** Networks with addresses that are not public which may be contacted, also by http. */
  internal: readonly Network[];
  form?: Form;
}

/**
 * Asks a customer's server, or posts a form to it. The address is looked up once, must be public or in an `internal` network, and is the one that
 * is connected to. Redirects are not followed. Rejects only if `signal` is aborted.
 */
export async function requestText(url: string, { internal, form }: Asking, signal: AbortSignal): Promise<Answer> {
  const within = requestSignal(signal, WHOLE_MS);
  let agent: Agent | undefined;
  try {
    const lookup = await pinnedLookup(new URL(url), internal);
    agent = new Agent({ connect: { lookup, timeout: CONNECT_MS }, headersTimeout: WHOLE_MS, bodyTimeout: WHOLE_MS });
    const options = { ...optionsOf(form), dispatcher: agent, signal: within };
    return await tracedCall(
      { provider: 'company-identity-provider', operation: form ? 'token' : 'read' },
      async () => {
        const { statusCode, body } = await request(url, options);
        return { status: statusCode, text: await textOf(body as AsyncIterable<Buffer>) };
      },
      ({ status }) => status,
    );
  } catch (error) {
    signal.throwIfAborted();
    return { problem: problemOf(error, within) };
  } finally {
    await agent?.destroy();
  }
}

/** The same, for servers that answer in JSON: `body` is undefined if the answer is none. */
export async function requestJson(
  url: string,
  asking: Asking,
  signal: AbortSignal,
): Promise<{ status: number; body: unknown } | { problem: string }> {
  const answer = await requestText(url, asking, signal);
  if ('problem' in answer) return answer;
  try {
    return { status: answer.status, body: JSON.parse(answer.text ?? '') };
  } catch {
    return { status: answer.status, body: undefined };
  }
}

/** Why a URL that others are to call must not be called, or undefined. Nothing is sent. */
export async function problemOfAddress(
  url: string | undefined,
  internal: readonly Network[],
): Promise<string | undefined> {
  if (url === undefined) return undefined;
  try {
    await pinnedLookup(new URL(url), internal);
    return undefined;
  } catch (error) {
    return problemOf(error, new AbortController().signal);
  }
}

function optionsOf(form: Form | undefined) {
  const accept = { accept: 'application/json, application/samlmetadata+xml, */*;q=0.5', 'accept-encoding': 'identity' };
  if (!form) return { method: 'GET' as const, headers: accept };
  const { fields, authorization } = form;
  return {
    method: 'POST' as const,
    headers: {
      ...accept,
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: new URLSearchParams(fields).toString(),
  };
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Codes of Node and OpenSSL for certificates, in words. */
const CERTIFICATES: Record<string, string> = {
  CERT_HAS_EXPIRED: 'Its TLS certificate has expired.',
  CERT_NOT_YET_VALID: 'Its TLS certificate is not valid yet.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Its TLS certificate is for another host name.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'Its TLS certificate is self-signed.',
  SELF_SIGNED_CERT_IN_CHAIN: 'Its TLS certificate is self-signed.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'Its TLS certificate comes without the intermediate ones.',
};

function problemOf(error: unknown, within: AbortSignal): string {
  if (error instanceof ReceiverRefused) return error.message;
  if (within.aborted || error instanceof errors.ConnectTimeoutError || error instanceof errors.HeadersTimeoutError)
    return 'There was no answer in time.';
  const code = (error as { code?: unknown } | undefined)?.code;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'The host name could not be resolved.';
  if (code === 'ECONNREFUSED') return 'The connection was refused.';
  if (typeof code !== 'string') return 'The connection failed.';
  return CERTIFICATES[code] ?? `The connection failed (${code}).`;
}
