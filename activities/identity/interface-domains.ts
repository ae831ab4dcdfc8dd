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

/** The activity of the same workflow that reads SAML metadata. */
export interface MetadataActivities {
  /** Reads some metadata that are due, and accepts an operation for every tenant whose identity provider has changed in them. */
  refreshMetadata(): Promise<Partial<DomainCounts>>;
}
