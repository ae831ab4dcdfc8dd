import { badRequest, StripeError } from './errors';

/** API version for requests that name none: that of the installed SDK. */
export const API_VERSION = '2026-10-28.endive';

/** Throws 401 unless the request carries a test key, as a bearer token or as the user name of basic authentication. */
export function checkKey(authorization: string | undefined): void {
  const [scheme = '', value = ''] = (authorization ?? '').split(' ');
  const basic =
    scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString('utf8').split(':')[0]! : undefined;
  const key = basic ?? (scheme.toLowerCase() === 'bearer' ? value : '');
  if (/^sk_test_[\w-]+$/.test(key)) return;
  if (key === '') throw unauthorized('You did not provide an API key. Send it as `Authorization: Bearer sk_test_…`.');
  if (key.startsWith('sk_live_'))
    throw unauthorized(
      'This is a local test server, which accepts no live keys. Revoke that key if it was sent here by mistake.',
    );
  throw unauthorized(`Invalid API Key provided: ${key.slice(0, 8)}${'*'.repeat(8)}`);
}

/** The API version of a request. Throws 400 for an invalid one. */
export function versionOf(header: string | undefined): string {
  if (header === undefined) return API_VERSION;
  if (/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/.test(header)) return header;
  throw badRequest(`Invalid Stripe API version: ${header}. Use one such as ${API_VERSION}.`);
}

function unauthorized(message: string): StripeError {
  const error = new StripeError(401, 'invalid_request_error', message);
  error.executed = false;
  return error;
}
