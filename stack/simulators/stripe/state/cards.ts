import { createHash } from 'node:crypto';
import type { PaymentMethod } from './objects';

/** Reason for a decline: Stripe's `code`, `decline_code` and message (https://docs.stripe.com/declines/codes). */
export interface Decline {
  code: string;
  decline_code?: string;
  message: string;
  param?: string;
}

/** Behaviour of one of Stripe's test cards (https://docs.stripe.com/testing). */
export interface TestCard {
  brand: string;
  last4: string;
  country: string;
  funding: 'credit' | 'debit';
  /** Decline when the card is attached to a customer or confirmed in a setup intent. */
  onSetup?: Decline;
  /** Decline when the card is charged. */
  onCharge?: Decline;
  /** Setup intents stay at `requires_action` until the card's owner has authenticated. */
  needsAction?: boolean;
  /** A charge succeeds, and is then contested. */
  disputed?: true;
  /** Set for a bank account debited by SEPA, which cannot be set up without its owner's mandate. */
  sepa?: { bank_code: string };
}

const declined = (decline_code: string, message = 'Your card was declined.'): Decline => ({
  code: 'card_declined',
  decline_code,
  message,
});
const visa = (last4: string, more: Partial<TestCard> = {}): TestCard => ({
  brand: 'visa',
  last4,
  country: 'US',
  funding: 'credit',
  ...more,
});
const sepa = (last4: string, country: string, bank_code: string): TestCard => ({
  brand: 'sepa',
  last4,
  country,
  funding: 'debit',
  sepa: { bank_code },
});
/** A card that Stripe neither charges nor lets be attached to a customer. */
const never = (last4: string, decline: Decline): TestCard => visa(last4, { onSetup: decline, onCharge: decline });

const GENERIC = declined('generic_decline');

const CARDS: Record<string, TestCard> = {
  // https://docs.stripe.com/payments/sepa-debit/accept-a-payment
  success_at: sepa('3201', 'AT', '19043'),
  success_de: sepa('3000', 'DE', '37040044'),
  card_visa: visa('4242'),
  card_us: visa('4242'),
  card_visa_debit: visa('5556', { funding: 'debit' }),
  card_mastercard: visa('4444', { brand: 'mastercard' }),
  card_amex: visa('0005', { brand: 'amex' }),
  card_de: visa('0016', { country: 'DE' }),
  card_gb: visa('0000', { country: 'GB' }),
  card_chargeCustomerFail: visa('0341', { onCharge: GENERIC }),
  card_createDispute: visa('0259', { disputed: true }),
  card_authenticationRequired: visa('3184', {
    needsAction: true,
    onCharge: declined('authentication_required', 'Your card was declined. This transaction requires authentication.'),
  }),
  card_chargeDeclined: never('0002', GENERIC),
  card_visa_chargeDeclined: never('0002', GENERIC),
  card_visa_chargeDeclinedInsufficientFunds: never(
    '9995',
    declined('insufficient_funds', 'Your card has insufficient funds.'),
  ),
  card_visa_chargeDeclinedLostCard: never('9987', declined('lost_card')),
  card_visa_chargeDeclinedStolenCard: never('9979', declined('stolen_card')),
  card_visa_chargeDeclinedVelocityLimitExceeded: never('6975', declined('card_velocity_exceeded')),
  card_chargeDeclinedExpiredCard: never('0069', {
    code: 'expired_card',
    message: 'Your card has expired.',
    param: 'exp_month',
  }),
  card_chargeDeclinedIncorrectCvc: never('0127', {
    code: 'incorrect_cvc',
    message: "Your card's security code is incorrect.",
    param: 'cvc',
  }),
  card_chargeDeclinedProcessingError: never('0119', {
    code: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
  }),
};

/** The test card for a token such as `pm_card_visa` or `tok_visa`, the bank account for one such as `pm_success_de`, or undefined. */
export function cardOfToken(token: string): TestCard | undefined {
  const name = token.startsWith('tok_') ? `card_${token.slice(4)}` : token.startsWith('pm_') ? token.slice(3) : '';
  return Object.hasOwn(CARDS, name) ? CARDS[name] : undefined;
}

/** The test card or bank account of a stored payment method. */
export function cardOf({ card, sepa_debit }: Pick<PaymentMethod, 'card' | 'sepa_debit'>): TestCard {
  return cardOfFingerprint((card ?? sepa_debit)!.fingerprint);
}

/** A card's fingerprint, which is the same wherever the card is used, as at Stripe. Identifies the test card of a stored method. */
export function fingerprintOf(card: TestCard): string {
  return createHash('sha256')
    .update(`${card.brand} ${card.last4}`)
    .digest('base64url')
    .replace(/[-_]/g, '0')
    .slice(0, 16);
}

const BY_FINGERPRINT = new Map(Object.values(CARDS).map((card) => [fingerprintOf(card), card]));

function cardOfFingerprint(fingerprint: string): TestCard {
  const card = BY_FINGERPRINT.get(fingerprint);
  if (card === undefined)
    throw new Error(`No test card has the fingerprint ${fingerprint}: was the state file edited by hand?`);
  return card;
}
