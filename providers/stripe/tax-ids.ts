import Stripe from 'stripe';
import type { TaxId } from '../../contract/orders/order';
import type { Check } from '../port/check';
import { failure } from '../port/failures';

/** Parameters that give a new customer these tax ids. */
export function taxIdData(taxIds: readonly TaxId[] = []): Pick<Stripe.CustomerCreateParams, 'tax_id_data'> {
  if (taxIds.length === 0) return {};
  return {
    tax_id_data: taxIds.map(({ type, value }) => ({ type, value })),
  };
}

/** The failure for a tax id that Stripe does not accept, a fault of the order; undefined for other errors. Its message has no tax id. */
export function taxIdRefused(error: unknown, tenantId: string): ReturnType<typeof failure> | undefined {
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return undefined;
  if (error.code !== 'tax_id_invalid' && !error.param?.startsWith('tax_id_data')) return undefined;
  const message = `customer of tenant ${tenantId}: Stripe does not accept a tax id of the order. Correct its type or its value.`;
  return failure('TaxIdRefused', message, { pointer: '/billing/taxIds', cause: error });
}

/**
 * Whether a billing account has these tax ids, and what the tax office has said of each, which may come days later. The answers have no tax id.
 * Source: https://docs.stripe.com/billing/customer/tax-ids.
 */
export async function taxIdChecks(
  stripe: Stripe,
  { customer, taxIds, signal }: { customer: string; taxIds: readonly TaxId[]; signal: AbortSignal },
): Promise<Check[]> {
  signal.throwIfAborted();
  const { data } = await stripe.customers.listTaxIds(customer, { limit: 100 });
  return taxIds.map(({ type, value }, index) => {
    const found = data.find((each) => each.type === type && bare(each.value) === bare(value));
    return {
      id: `billing.tax-id-${index + 1}`,
      claim: `The billing account has the order’s tax id of type ${type}`,
      passed: found !== undefined,
      answered: found === undefined ? 'missing' : `there, ${found.verification?.status ?? 'unavailable'}`,
    };
  });
}

/** A tax id without what only separates its parts. */
function bare(value: string): string {
  return value.replaceAll(/[^0-9A-Za-z]/g, '').toUpperCase();
}
