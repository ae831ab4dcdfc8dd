import Stripe from 'stripe';
import { classifyStripe } from '../../../../providers/stripe/classify';

const declined = (words: { code: string; decline_code?: string }) =>
  new Stripe.errors.StripeCardError({ type: 'card_error', message: 'x', ...words } as never);

// https://docs.stripe.com/declines/codes: "The payment couldn't be processed … attempt the payment again."
test.each([
  { code: 'processing_error' },
  { code: 'card_declined', decline_code: 'issuer_not_available' },
  { code: 'card_declined', decline_code: 'processing_error' },
  { code: 'card_declined', decline_code: 'reenter_transaction' },
  { code: 'card_declined', decline_code: 'try_again_later' },
])('an answer of a busy bank is not a decline: %o', (words) => {
  expect(classifyStripe(declined(words), 'x')).toMatchObject({ type: 'ProviderUnavailable', nonRetryable: false });
});

test.each([
  { code: 'card_declined', decline_code: 'insufficient_funds' },
  { code: 'expired_card' },
  { code: 'card_declined', decline_code: 'generic_decline' },
])('a bank’s refusal is a decline: %o', (words) => {
  expect(classifyStripe(declined(words), 'x')).toMatchObject({ type: 'PaymentMethodDeclined', nonRetryable: true });
});
