import { z } from 'zod';
import { text } from '../requests/params';
import type { Coupon } from '../state/account-objects';
import type { Subscription } from '../state/objects';
import type { Transaction } from '../state/transaction';

/** Parameters of the discounts and tax rates with which a subscription begins. */
export const termParams = {
  discounts: z
    .array(z.strictObject({ coupon: text }))
    .max(20)
    .optional(),
  default_tax_rates: z.array(text).max(5).optional(),
};

/** The tax of one rate on an invoice. */
interface Tax {
  amount: number;
  tax_behavior: 'exclusive';
  tax_rate_details: { tax_rate: string };
  taxability_reason: 'not_available';
  taxable_amount: number;
  type: 'tax_rate_details';
}

/**
 * What is taken off the amount of a subscription's invoice, and the taxes that are added to the rest. A coupon that applies once counts only for
 * the first invoice that charges something. Taxes are never part of the amount.
 */
export function termsOf(
  tx: Transaction,
  subscription: Subscription,
  subtotal: number,
  isFirst: boolean,
): { discount: number; taxes: Tax[] } {
  const off = coupons(tx, subscription)
    .filter(({ duration }) => duration === 'forever' || isFirst)
    // A share was also taken off what is credited, a fixed amount only once.
    .reduce((sum, { amount_off: fixed, percent_off: share }) => {
      const part = fixed === null ? (subtotal * (share ?? 0)) / 100 : Math.min(fixed, Math.max(0, subtotal));
      return sum + part;
    }, 0);
  const discount = subtotal < 0 ? Math.max(subtotal, Math.round(off)) : Math.min(subtotal, Math.round(off));
  const taxable = subtotal - discount;
  const taxes = subscription.default_tax_rates.map(({ id, percentage }): Tax => ({
    amount: Math.round((taxable * percentage) / 100),
    tax_behavior: 'exclusive',
    tax_rate_details: { tax_rate: id },
    taxability_reason: 'not_available',
    taxable_amount: taxable,
    type: 'tax_rate_details',
  }));
  return { discount, taxes };
}

/** Gives a new subscription its discounts and tax rates. Throws if the account has no such coupon or rate. */
export function giveTerms(
  tx: Transaction,
  subscription: Subscription,
  {
    discounts = [],
    default_tax_rates: rates = [],
  }: { discounts?: { coupon: string }[] | undefined; default_tax_rates?: string[] | undefined },
): void {
  subscription.discounts = discounts.map(({ coupon }, index) => {
    tx.need('coupon', coupon, `discounts[${index}][coupon]`);
    return `${DISCOUNT}${coupon}`;
  });
  subscription.default_tax_rates = rates.map((rate, index) => tx.need('tax_rate', rate, `default_tax_rates[${index}]`));
}

/** Discounts are no objects of their own here: their id names the coupon. */
const DISCOUNT = 'di_';

function coupons(tx: Transaction, { discounts }: Subscription): Coupon[] {
  return discounts.map((discount) => tx.need('coupon', discount.slice(DISCOUNT.length)));
}
