/** Fields of Stripe's error envelope besides type and message (https://docs.stripe.com/api/errors). */
export interface ErrorFields {
  code?: string;
  param?: string;
  decline_code?: string;
  charge?: string;
  [field: string]: unknown;
}

type ErrorType = 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';

/** An answer other than 2xx. It may be thrown anywhere, and is turned into Stripe's error envelope in one place. */
export class StripeError extends Error {
  /** Whether the request's earlier changes are kept: a declined confirmation still leaves its intent behind. */
  keepsChanges = false;
  /** Whether the endpoint had begun to execute. If so, the answer is stored under the idempotency key. */
  executed = true;

  constructor(
    readonly status: number,
    readonly type: ErrorType,
    message: string,
    readonly fields: ErrorFields = {},
  ) {
    super(message);
  }

  /** The body of the answer. */
  body(): { error: Record<string, unknown> } {
    const { code } = this.fields;
    return {
      error: {
        ...this.fields,
        ...(code === undefined ? {} : { doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}` }),
        message: this.message,
        type: this.type,
      },
    };
  }
}

/** An invalid request. Nothing was executed, so its idempotency key stays unused. */
export function badRequest(message: string, fields: ErrorFields = {}): StripeError {
  const error = new StripeError(400, 'invalid_request_error', message, fields);
  error.executed = false;
  return error;
}

/** A valid request that cannot be carried out. */
export function refused(message: string, fields: ErrorFields = {}): StripeError {
  return new StripeError(400, 'invalid_request_error', message, fields);
}

/** Refusal to set up a debit without a mandate from the account's owner. This server accepts no mandates, so it always refuses. */
export function mandateMissing(): StripeError {
  return refused('Missing required param: mandate_data.', { code: 'parameter_missing', param: 'mandate_data' });
}

const DISPLAY_NAMES: Record<string, string> = {
  payment_method: 'PaymentMethod',
  setup_intent: 'setupintent',
  'billing.meter': 'meter',
};

/** Error for a missing object: 404 if its id is in the path, 400 if the parameter `param` refers to it. */
export function missing(type: string, id: string, param?: string): StripeError {
  const message = `No such ${DISPLAY_NAMES[type] ?? type}: '${id}'`;
  const fields = { code: 'resource_missing', param: param ?? 'id' };
  return new StripeError(param === undefined ? 404 : 400, 'invalid_request_error', message, fields);
}
