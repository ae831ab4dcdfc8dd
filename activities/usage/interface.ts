import type { UsageCounts } from '../../contract/usage/billing';

/** The activities of the workflow `sendUsage`. */
export interface UsageActivities {
  /**
   * Sends usage that is due to the billing provider, for some minutes. `more`: whether some is left that is due. Rejects when several records in
   * a row get no answer, because the provider is down then.
   */
  sendDueUsage(): Promise<{ counts: UsageCounts; more: boolean }>;
}
