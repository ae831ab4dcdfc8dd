interface ProblemKind {
  status: number;
  /** The same for every occurrence of the type. */
  title: string;
  /** What the problem means and what to do about it, for its page below `/problems`. */
  about: string;
}

/** Every problem this API answers with, by the last segment of its `type`. Once published, a type keeps its meaning. */
export const PROBLEMS = {
  'malformed-request': {
    status: 400,
    title: 'The request cannot be read',
    about:
      'The URL or the body is incomplete or wrongly encoded: URLs need percent-encoding, bodies UTF-8. Correct it and send it again.',
  },
  'malformed-json': {
    status: 400,
    title: 'The body is not valid JSON',
    about:
      'The body could not be parsed (RFC 8259), or an object in it repeats a name (RFC 7493), which `errors` points to. Check commas and quotation marks, and that the body is complete.',
  },
  'invalid-parameter': {
    status: 400,
    title: 'A query parameter is not valid',
    about: 'A query parameter is unknown, repeated or has a value that is not allowed. `errors` names each one.',
  },
  'unknown-position': {
    status: 400,
    title: 'There is no such position in the event log',
    about:
      'The position is higher than the number of the newest event, which `newest` gives. If this API has answered with the position, the registry was restored from an older copy: read the current state again, then follow the events after `newest`.',
  },
  'sign-in-failed': {
    status: 400,
    title: 'The sign-in was not completed',
    about:
      'The login at the identity provider was refused, cancelled, too slow or answered twice, or it was begun in another browser. Sign in again.',
  },
  'invalid-logout-token': {
    status: 400,
    title: 'The logout token is not valid',
    about:
      'A logout token of the identity provider is forged, expired, meant for another client or was sent before. All sessions stay open.',
  },
  'invalid-idempotency-key': {
    status: 400,
    title: 'The Idempotency-Key is not valid',
    about:
      'Send one Idempotency-Key header with 1 to 255 visible ASCII characters and no spaces or commas, for instance a UUID. Quotation marks around the key (RFC 9651) are not part of it.',
  },
  unauthenticated: {
    status: 401,
    title: 'No valid token',
    about:
      'The token is missing, unknown, expired or revoked, or your session has ended. Send `Authorization: Bearer tp_…`; an administrator creates tokens. People sign in at /console/.',
  },
  forbidden: {
    status: 403,
    title: 'The caller lacks the required role',
    about:
      'The token or session is valid but has none of the roles that this request requires. Ask an administrator for a token with one of them, or to be put into a group that has one.',
  },
  'tenant-closed': {
    status: 403,
    title: 'The tenant is closed',
    about:
      'The API key is right, but its tenant is suspended or is being removed. It is valid again once the tenant is resumed, or the removal is called off.',
  },
  'cross-site-request': {
    status: 403,
    title: 'The request may come from another site',
    about:
      'A request that changes something came with a person’s session but not certainly from the console, so nothing was done. The console sends the header `x-console: 1` from its own origin. Reload the console and try again; a program sends a token instead of a cookie.',
  },
  'four-eyes': {
    status: 403,
    title: 'Another person must decide',
    about: 'The caller who ordered a customization cannot approve or reject it. Ask another approver.',
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    about: 'The path is unknown, or it names something that does not exist or that your token may not see.',
  },
  'sign-in-off': {
    status: 404,
    title: 'Sign-in is not configured',
    about:
      'This API has no identity provider, so people cannot sign in to the console. An administrator sets the STAFF_OIDC variables and STAFF_ROLES and restarts the API. API tokens work all the same.',
  },
  'claim-refused': {
    status: 404,
    title: 'These credentials cannot be claimed',
    about: 'The link is wrong, expired, already used or replaced by a newer one. Ask for a new link.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    about: 'The path does not support this method. The Allow header lists the methods it supports.',
  },
  'name-taken': {
    status: 409,
    title: 'The tenant name is taken',
    about:
      'Another tenant has this name or one that looks like it, or is being provisioned under such a name. 0 and o, and 1 and l, count as the same. Choose another name.',
  },
  'domain-taken': {
    status: 409,
    title: 'The custom domain is taken',
    about:
      'Another tenant has this custom domain, or is being provisioned with it. A domain belongs to one tenant only. Name another domain.',
  },
  'state-conflict': {
    status: 409,
    title: 'Not possible in the current state',
    about:
      'The operation or tenant is in a state that does not allow this. `allowed` lists the actions that are possible now.',
  },
  'already-decided': {
    status: 409,
    title: 'Already decided',
    about: 'Another decision on this operation was recorded first, and the first one stands.',
  },
  'legal-hold': {
    status: 409,
    title: 'A legal hold stands on the tenant',
    about:
      'Nothing that the tenant has may be deleted or overwritten until the legal hold has ended or was lifted. `GET /v1/tenants/{id}` shows since when it stands, and until when if that is known.',
  },
  'key-destroyed': {
    status: 409,
    title: 'The tenant’s key was destroyed',
    about:
      'The tenant’s order, secrets and configuration were encrypted under this key. They are permanently unreadable and cannot be recovered.',
  },
  'events-expired': {
    status: 410,
    title: 'The events after this position are no longer kept',
    about:
      'Events are kept for a limited time. `oldest` is the number of the oldest one. Read the current state again, then follow the events after `newest`.',
  },
  'payload-too-large': {
    status: 413,
    title: 'The body is too large',
    about: 'Most routes accept bodies of up to 64 KiB. Send a smaller body.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is not application/json',
    about: 'Send `Content-Type: application/json`, with a body in UTF-8 that is not compressed.',
  },
  'invalid-order': {
    status: 422,
    title: 'The order is not valid',
    about: 'Nothing was started. `errors` names each invalid field, what is wrong with it and what to do.',
  },
  'invalid-body': {
    status: 422,
    title: 'The body is not valid',
    about: 'Nothing was changed. `errors` names each invalid field, what is wrong with it and what to do.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The Idempotency-Key belongs to another request',
    about: 'You have already sent this key with a different request. Use a new key for each new order or decision.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    about: 'Wait for the number of seconds in Retry-After, then send requests more slowly.',
  },
  'internal-error': {
    status: 500,
    title: 'Internal error',
    about:
      'The request failed because of a defect in this program, which was logged under `requestId`. The operation shows whether the request took effect.',
  },
  'registry-unavailable': {
    status: 503,
    title: 'The registry is unavailable',
    about: 'The control plane’s database is down or busy. Send the request again with the same Idempotency-Key.',
  },
  'keys-unavailable': {
    status: 503,
    title: 'Key management is unavailable',
    about:
      'The key management service that wraps the tenant’s data key cannot be reached. Nothing is lost. Send the request again with the same Idempotency-Key.',
  },
  'identity-provider-unavailable': {
    status: 503,
    title: 'The identity provider is unavailable',
    about:
      'The identity provider gives no usable answer, so people cannot sign in, and its access tokens cannot be checked. Open sessions continue, and API tokens work. Try again in a minute.',
  },
  'temporal-unavailable': {
    status: 503,
    title: 'No worker has answered',
    about:
      'Temporal or its workers are down or busy, and this request cannot succeed without their answer. Send the request again.',
  },
} as const satisfies Record<string, ProblemKind>;

/** The last part of a problem's `type`. */
export type ProblemType = keyof typeof PROBLEMS;

/** Whether a text is one of the catalogue's types. */
export function isProblemType(text: string): text is ProblemType {
  return Object.hasOwn(PROBLEMS, text);
}
