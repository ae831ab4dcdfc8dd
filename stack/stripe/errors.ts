/** Fields of Stripe's error envelope beside its type and message (https://docs.stripe.com/api/errors). */
export interface ErrorFields {
  code?: string;
  param?: string;
  decline_code?: string;
  charge?: string;
  [field: string]: unknown;
}

type ErrorType = 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';

/** An answer that is not a 2xx. Thrown anywhere, turned into Stripe's error envelope in one place. */
export class StripeError extends Error {
  /** What the request had already changed stays: a declined confirmation still leaves its intent behind. */
  keepsChanges = false;
  /** The endpoint had begun to execute, so the answer is stored under the idempotency key. */
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

/** A request that cannot be understood; nothing was executed, so an idempotency key stays unused. */
export function badRequest(message: string, fields: ErrorFields = {}): StripeError {
  const error = new StripeError(400, 'invalid_request_error', message, fields);
  error.executed = false;
  return error;
}

/** A request that is understood and not possible. */
export function refused(message: string, fields: ErrorFields = {}): StripeError {
  return new StripeError(400, 'invalid_request_error', message, fields);
}

/** A bank account is debited by its owner's mandate only. No mandate can be given here, so no debit is ever set up. */
export function mandateMissing(): StripeError {
  return refused('Missing required param: mandate_data.', { code: 'parameter_missing', param: 'mandate_data' });
}

const SPOKEN: Record<string, string> = {
  payment_method: 'PaymentMethod',
  setup_intent: 'setupintent',
  'billing.meter': 'meter',
};

/** No object of this id: 404 when it stands in the path, 400 when a parameter (`param`) refers to it. */
export function missing(type: string, id: string, param?: string): StripeError {
  const message = `No such ${SPOKEN[type] ?? type}: '${id}'`;
  const fields = { code: 'resource_missing', param: param ?? 'id' };
  return new StripeError(param === undefined ? 404 : 400, 'invalid_request_error', message, fields);
}
