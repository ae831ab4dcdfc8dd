import type { BillingEnd, Proration } from '../contract/billing/terms';
import type { Aggregation, QuotaPeriod } from '../contract/usage/usage';

/** Prices by billing cycle and the meters the plan counts. */
export interface BillingTemplate {
  currency: string;
  /** In the smallest currency unit, per month and per year. */
  prices: { monthly: number; yearly: number };
  /** How many times the price is charged; 1 by default. */
  quantity?: number | undefined;
  /** Id of the coupon at the billing provider with which subscriptions of the plan begin. */
  coupon?: string | undefined;
  /** Ids of the tax rates at the billing provider that invoices of the plan have; none by default. */
  taxRates?: string[] | undefined;
  /** How it is prorated that a subscription changed by hand is changed back; `none` by default. */
  proration?: Proration | undefined;
  /** Whether what was paid for time after the end of a tenant is credited; `none` by default. */
  end?: BillingEnd | undefined;
  meters: MeterTemplate[];
  /** What happens while an invoice is unpaid; absent: the customer is told once, and nothing follows. */
  dunning?: DunningTemplate | undefined;
}

/** What happens while an invoice of a tenant is unpaid. Days count from the first payment that failed. */
export interface DunningTemplate {
  /** Days at which the customer is reminded, beside the mail that is sent at once; none by default. */
  remindDays?: number[] | undefined;
  /** Days after which the tenant is suspended; never by default. */
  suspendAfterDays?: number | undefined;
  /** Whether a tenant that was suspended for this reason is resumed by itself once it has paid; true by default. */
  resumeOnPayment?: boolean | undefined;
}

/** A meter of the plan. The application reports its values, unless the product measures it itself. */
export interface MeterTemplate {
  eventName: string;
  displayName: string;
  /** Whether a period's records add up, or the newest one counts; `sum` by default. It cannot change once Stripe has the meter. */
  aggregation?: Aggregation | undefined;
  /** Key of the feature whose limit is the meter's; without one there is no limit. */
  feature?: string | undefined;
  /** Period of that limit; `month` by default. */
  per?: QuotaPeriod | undefined;
}

/** What happens when a tenant comes near a limit. Nothing is cut off: that is the application's decision. */
export interface UsageTemplate {
  /** Share of a limit, in percent, at which a tenant is near it; 80 by default. */
  nearPercent?: number | undefined;
  /** Whether operators see tenants that are near a limit, or at it, among what needs attention; false by default. */
  attention?: boolean | undefined;
}
