import type { Block } from './layout';
import { shellQuote } from './text';

/** A `POST` to the API that a reader makes with a token of their own. */
export interface Call {
  /** Base URL of the API. */
  apiUrl: string;
  /** Below it, beginning with a slash. */
  path: string;
  body: unknown;
  /** With it the call acts once, however often it is pasted. */
  idempotencyKey?: string | undefined;
}

/** A call as a command for a POSIX shell that has the reader's token in `API_TOKEN`. */
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

/** A link that a browser can follow: to the page that signs in with the reader's token and shows what the API has at `path`. */
export function pageOf(apiUrl: string, path: string): string {
  return `${base(apiUrl)}/open#${path}`;
}

function base(apiUrl: string): string {
  return new URL(apiUrl).href.replace(/\/+$/, '');
}

/** Path of an operation in the API, for {@link Call}. */
export function operationPath(operationId: string): string {
  return `/v1/operations/${encodeURIComponent(operationId)}`;
}
