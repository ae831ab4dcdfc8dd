import type { Block } from './layout';
import { shellQuote } from './text';

/** A `POST` to the API that the reader of a mail sends with their own token. */
export interface Call {
  /** Base URL of the API. */
  apiUrl: string;
  /** Path below `apiUrl`, with a leading slash. */
  path: string;
  body: unknown;
  /** Makes the call act once, however often it is pasted. */
  idempotencyKey?: string | undefined;
}

/** Renders a call as a command for a POSIX shell in which `API_TOKEN` is the reader's token. */
export function curl({ apiUrl, path, body, idempotencyKey }: Call): Block {
  const url = `${base(apiUrl)}${path}`;
  const key = idempotencyKey === undefined ? '' : ` \\\n  -H ${shellQuote(`Idempotency-Key: ${idempotencyKey}`)}`;
  return {
    kind: 'code',
    text:
      `curl -X POST ${shellQuote(url)} \\\n  -H "Authorization: Bearer $API_TOKEN" -H 'Content-Type: application/json'${key} \\\n` +
      `  -d ${shellQuote(JSON.stringify(body))}`,
  };
}

/** A link for browsers: its page signs in with the reader's token and shows the API's answer at `path`. */
export function pageOf(apiUrl: string, path: string): string {
  return `${base(apiUrl)}/open#${path}`;
}

function base(apiUrl: string): string {
  return new URL(apiUrl).href.replace(/\/+$/, '');
}

/** An operation's path in the API, for {@link Call}. */
export function operationPath(operationId: string): string {
  return `/v1/operations/${encodeURIComponent(operationId)}`;
}
