import Stripe from 'stripe';
import { classifyStripe } from '../../../activities/adapters/stripe/classify';

const declined = (words: { code: string; decline_code?: string }) =>
  new Stripe.errors.StripeCardError({ type: 'card_error', message: 'x', ...words } as never);

// https://docs.stripe.com/declines/codes: "The payment couldn't be processed … attempt the payment again."
test.each([
  { code: 'processing_error' },
  { code: 'card_declined', decline_code: 'issuer_not_available' },
  { code: 'card_declined', decline_code: 'processing_error' },
  { code: 'card_declined', decline_code: 'reenter_transaction' },
  { code: 'card_declined', decline_code: 'try_again_later' },
])('a bank that is busy has not declined anything: %o', (words) => {
  expect(classifyStripe(declined(words), 'x')).toMatchObject({ type: 'ProviderUnavailable', nonRetryable: false });
});

test.each([
  { code: 'card_declined', decline_code: 'insufficient_funds' },
  { code: 'expired_card' },
  { code: 'card_declined', decline_code: 'generic_decline' },
])('a bank that has said no is believed: %o', (words) => {
  expect(classifyStripe(declined(words), 'x')).toMatchObject({ type: 'PaymentMethodDeclined', nonRetryable: true });
});
