import type { Problem } from '../contract/schemas/problem-schema';

interface ProblemKind {
  status: number;
  /** The same for every problem of the type. */
  title: string;
  /** What it means and what to do, for the page about it. */
  about: string;
}

/** Every problem this API answers with, by the last part of its `type`. A type, once published, keeps its meaning. */
export const PROBLEMS = {
  'malformed-request': {
    status: 400,
    title: 'The request cannot be read',
    about:
      'The URL or the body is not encoded as HTTP wants it: percent-encoding, UTF-8. Correct it and send it again.',
  },
  'malformed-json': {
    status: 400,
    title: 'The body is not JSON',
    about:
      'The body could not be parsed (RFC 8259), or an object in it has a name twice (RFC 7493), which `errors` points to. Check commas, quotes and that it is whole.',
  },
  'invalid-parameter': {
    status: 400,
    title: 'A query parameter is not valid',
    about: 'A parameter is unknown, repeated or has a value that is not allowed. `errors` names each.',
  },
  'invalid-idempotency-key': {
    status: 400,
    title: 'The Idempotency-Key is not valid',
    about:
      'An Idempotency-Key is one header of 1 to 255 visible ASCII characters without spaces or commas, for instance a UUID. Quotation marks around it (RFC 9651) are not part of it.',
  },
  unauthenticated: {
    status: 401,
    title: 'No valid token',
    about:
      'The token is missing, unknown, expired or revoked. Send `Authorization: Bearer tp_…`; an administrator makes tokens.',
  },
  forbidden: {
    status: 403,
    title: 'The token may not do this',
    about: 'The token is valid and lacks the role. Ask an administrator for a token with one of the roles named.',
  },
  'four-eyes': {
    status: 403,
    title: 'Somebody else has to decide',
    about: 'Who ordered a customization cannot approve or reject it. Ask another approver.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing here',
    about: 'The path leads nowhere, or to something that does not exist or is not yours to see.',
  },
  'claim-refused': {
    status: 404,
    title: 'These credentials cannot be claimed',
    about: 'The link is wrong, expired, replaced by a newer one, or was used already. Ask for a new link.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This method is not allowed here',
    about: 'The header Allow names the methods that are.',
  },
  'name-taken': {
    status: 409,
    title: 'The tenant name is taken',
    about:
      'A tenant holds this name or one that looks like it (0 and o, 1 and l count as the same), or is being provisioned under it. Choose another name.',
  },
  'domain-taken': {
    status: 409,
    title: 'The custom domain is taken',
    about: 'Another tenant has this custom domain, or is being provisioned with it. A domain belongs to one tenant.',
  },
  'state-conflict': {
    status: 409,
    title: 'Not in this state',
    about: 'The operation or tenant is in a state that does not allow this. `allowed` names what may be asked now.',
  },
  'already-decided': {
    status: 409,
    title: 'Already decided',
    about: 'Another decision on this operation came first, and the first one stands.',
  },
  'key-destroyed': {
    status: 409,
    title: 'The tenant’s key was destroyed',
    about:
      'What was encrypted for the tenant cannot be read by anybody any more: order, secrets, configuration. Nothing can bring it back.',
  },
  'payload-too-large': {
    status: 413,
    title: 'The body is too large',
    about: 'Bodies are limited to 64 KiB. Leave something out.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is not application/json',
    about: 'Send `Content-Type: application/json`, in UTF-8 and not compressed.',
  },
  'invalid-order': {
    status: 422,
    title: 'The order is not valid',
    about: 'Nothing was begun. `errors` names every field with what is wrong and what to do.',
  },
  'invalid-body': {
    status: 422,
    title: 'The body is not valid',
    about: 'Nothing was done. `errors` names every field with what is wrong and what to do.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The Idempotency-Key belongs to another request',
    about: 'You sent this key before with another body. A new order or decision needs a new key.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    about: 'Wait as many seconds as Retry-After says, then go on more slowly.',
  },
  'internal-error': {
    status: 500,
    title: 'A defect of this program',
    about: 'It was logged under the requestId. Whether it took effect can be seen on the operation.',
  },
  'registry-unavailable': {
    status: 503,
    title: 'The registry does not answer',
    about: 'The control plane’s database is down or busy. Send the request again, with the same Idempotency-Key.',
  },
  'keys-unavailable': {
    status: 503,
    title: 'Key management does not answer',
    about:
      'Who keeps the key that wraps the tenant’s data key cannot be asked now. Nothing is lost; send the request again, with the same Idempotency-Key.',
  },
  'temporal-unavailable': {
    status: 503,
    title: 'No worker has answered',
    about: 'Temporal or its workers are down or busy, and this cannot wait for them unseen. Send the request again.',
  },
} as const satisfies Record<string, ProblemKind>;

/** The last part of a problem's `type`. */
export type ProblemType = keyof typeof PROBLEMS;

/** Whether a text is one of the catalogue's types. */
export function isProblemType(text: string): text is ProblemType {
  return Object.hasOwn(PROBLEMS, text);
}

/** What an occurrence adds to its type. */
export interface ProblemOccurrence {
  /** What, why, what to do now; no secrets, no e-mail addresses, nothing of what was sent. */
  detail?: string;
  errors?: NonNullable<Problem['errors']>;
  /** On a conflict of state: what may be asked now. */
  allowed?: string[];
  headers?: Record<string, string>;
}

/** Thrown by a route to answer with a problem. */
export class ApiProblem extends Error {
  readonly status: number;

  constructor(
    readonly type: ProblemType,
    readonly occurrence: ProblemOccurrence = {},
  ) {
    super(occurrence.detail ?? PROBLEMS[type].title);
    this.name = 'ApiProblem';
    this.status = PROBLEMS[type].status;
  }

  /** The body of the answer, RFC 9457. */
  toJson(publicUrl: string, instance: string, requestId: string): Problem {
    const { detail, errors, allowed } = this.occurrence;
    return {
      type: `${publicUrl}/problems/${this.type}`,
      title: PROBLEMS[this.type].title,
      status: this.status,
      ...(detail === undefined ? {} : { detail }),
      instance,
      requestId,
      ...(errors ? { errors } : {}),
      ...(allowed ? { allowed } : {}),
    };
  }
}
