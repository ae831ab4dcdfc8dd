import { Agent, errors, request, type Dispatcher } from 'undici';
import { Webhook } from 'standardwebhooks';
import type { Network } from '../../contract/webhooks/addresses';
import { ANSWER_BYTES } from '../../contract/webhooks/webhooks';
import { requestSignal } from '../port/request-signal';
import { tracedCall } from '../port/traced-call';
import { pinnedLookup, ReceiverRefused, type Resolve } from '../port/pinned-lookup';

/** A message to a receiver. */
export interface WebhookMessage {
  /** The same in every attempt. */
  id: string;
  url: string;
  payload: string;
  /** Each signs the message. */
  secrets: readonly string[];
}

/** What came of one request. */
export interface WebhookAnswer {
  milliseconds: number;
  /** Absent if there was no answer; `problem` says why then. */
  status?: number;
  problem?: string;
  /** The beginning of the answer's body as text. */
  answer?: string;
  retryAfter?: string;
}

/** Sends messages to receivers. */
export interface WebhookSender {
  /** Sends one request, and resolves whatever comes of it; rejects only if `signal` is aborted. */
  send(message: WebhookMessage, signal: AbortSignal): Promise<WebhookAnswer>;
}

/** Settings of {@link createWebhookSender}. */
export interface SenderSettings {
  /** Networks with addresses that are not public in which receivers may be. */
  internalNetworks: readonly Network[];
  version: string;
  /** Replaces the operating system's look-up of names. */
  resolve?: Resolve;
  /** Milliseconds to the connection, to the answer's headers, and to the end. */
  limits?: { connect: number; headers: number; whole: number };
}

const LIMITS = { connect: 5_000, headers: 15_000, whole: 20_000 };

/** Sends signed messages as Standard Webhooks describes: https://www.standardwebhooks.com */
export function createWebhookSender({
  internalNetworks,
  version,
  resolve,
  limits = LIMITS,
}: SenderSettings): WebhookSender {
  return {
    send: async (message, signal) => {
      const begun = performance.now();
      const within = requestSignal(signal, limits.whole);
      let agent: Agent | undefined;
      try {
        const url = new URL(message.url);
        const lookup = await abortable(pinnedLookup(url, internalNetworks, resolve), within);
        // Of its own, because a pooled connection could lead to an address that was allowed earlier.
        agent = new Agent({
          connect: { lookup, timeout: limits.connect },
          headersTimeout: limits.headers,
          bodyTimeout: limits.whole,
          pipelining: 0,
        });
        const sent = { ...requestOf(message, version), dispatcher: agent, signal: within };
        const deliver = async () => {
          const response = await request(url, sent);
          const answer = await beginningOf(response.body, within);
          return { milliseconds: since(begun), status: response.statusCode, ...answer, ...retryAfterOf(response) };
        };
        return await tracedCall(
          { provider: 'webhook-receiver', operation: 'deliver' },
          deliver,
          ({ status }) => status,
        );
      } catch (error) {
        signal.throwIfAborted();
        return { milliseconds: since(begun), problem: problemOf(error, within) };
      } finally {
        // Also ends the transfer of an answer that is longer than what was read.
        await agent?.destroy();
      }
    },
  };
}

function requestOf({ id, payload, secrets }: WebhookMessage, version: string) {
  const at = new Date();
  return {
    method: 'POST' as const,
    headers: {
      'content-type': 'application/json',
      'user-agent': `tenant-provisioner/${version}`,
      // A compressed answer is kept as it is and never expanded.
      'accept-encoding': 'identity',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, payload)).join(' '),
    },
    body: payload,
  };
}

/** Reads up to {@link ANSWER_BYTES} of the body. A status has arrived, so a body that breaks off or is too slow is not an error. */
async function beginningOf(body: Dispatcher.ResponseData['body'], signal: AbortSignal): Promise<{ answer?: string }> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk.subarray(0, ANSWER_BYTES - size));
      size += chunk.length;
      if (size >= ANSWER_BYTES || signal.aborted) break;
    }
  } catch {
    // What has arrived until then is kept.
  }
  // PostgreSQL has no NUL character in texts.
  const text = Buffer.concat(chunks).toString('utf8').replaceAll('\0', '\ufffd');
  return text === '' ? {} : { answer: text };
}

function retryAfterOf({ headers }: Dispatcher.ResponseData): { retryAfter?: string } {
  const header = headers['retry-after'];
  const [first] = Array.isArray(header) ? header : [header];
  return first === undefined ? {} : { retryAfter: first };
}

/** The result of work that cannot be cancelled, unless the signal is aborted first. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    work.then(resolve, reject);
  });
}

function since(begun: number): number {
  return Math.round(performance.now() - begun);
}

/** Why there was no answer. Addresses are left out: they would show owners of endpoints what the platform's network looks like. */
function problemOf(error: unknown, within: AbortSignal): string {
  if (error instanceof ReceiverRefused) return error.message;
  if (within.aborted) return 'There was no answer in time.';
  if (error instanceof errors.ConnectTimeoutError) return 'No connection was made in time.';
  if (error instanceof errors.HeadersTimeoutError) return 'There was no answer in time.';
  const code = (error as { code?: unknown } | undefined)?.code;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'The host name could not be resolved.';
  if (code === 'ECONNREFUSED') return 'The connection was refused.';
  if (typeof code === 'string' && /CERT|SSL|TLS|SELF_SIGNED|ISSUER|LEAF/.test(code))
    return `The TLS connection failed (${code}).`;
  return `The connection failed${typeof code === 'string' ? ` (${code})` : ''}.`;
}
