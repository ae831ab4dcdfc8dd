/** One thing that was tried on a finished tenant, from outside and with the tenant's own credentials where it has any. */
export interface Check {
  /** Stable machine name, for instance `identity.password`. */
  id: string;
  /** What should hold, as a sentence. */
  claim: string;
  passed: boolean;
  /** What the provider answered; no secrets, no personal data. */
  answered: string;
}
