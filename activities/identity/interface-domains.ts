import type { DomainCounts } from '../../contract/identity/domain-checks';

/** The activities of the workflow `checkDomains`. */
export interface DomainActivities {
  /** Looks for the records of some domains that are due. `more`: whether others are due, too. */
  checkDueDomains(): Promise<{ counts: Partial<DomainCounts>; more: boolean }>;
  /**
   * Accepts an operation for every tenant whose single sign-on has a withdrawn domain and which can be changed now; the others are left to the
   * next round. Returns the number of tenants.
   */
  takeWithdrawnDomains(): Promise<number>;
  /**
   * Accepts an operation for every tenant whose custom domain is proved and not served at the edge, or withdrawn and still served. Returns how many
   * are to be connected, and how many disconnected.
   */
  connectDueDomains(): Promise<Pick<DomainCounts, 'connected' | 'disconnected'>>;
}
