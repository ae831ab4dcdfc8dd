/** Which Stripe account bills the tenants. */
export interface StripeSettings {
  /** A secret key: `sk_test_…`, or `sk_live_…` where `allowLiveKey` is set; a restricted key (`rk_…`) counts alike. */
  apiKey: string;
  /** Base URL of a server that speaks Stripe's protocol; without one, Stripe itself. */
  url?: string | undefined;
  /** Live keys move real money: they are refused unless this says that the process runs in production. */
  allowLiveKey: boolean;
  /** What this process sends at most; 20 unless told otherwise. All workers of an account share its limit. */
  requestsPerSecond?: number | undefined;
}
