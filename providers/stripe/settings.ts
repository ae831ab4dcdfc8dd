/** The Stripe account that bills the tenants. */
export interface StripeSettings {
  /** A secret key (`sk_test_…`) or a restricted one (`rk_test_…`); live keys (`sk_live_…`, `rk_live_…`) need `allowLiveKey`. */
  apiKey: string;
  /** Base URL of another server with Stripe's API; without one, Stripe itself is used. */
  url?: string | undefined;
  /** True in production. Otherwise live keys are refused, because they move real money. */
  allowLiveKey: boolean;
  /** Maximum rate of this process. Default 20. All workers share their account's rate limit. */
  requestsPerSecond?: number | undefined;
}
