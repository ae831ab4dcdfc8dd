/** Result of one check on a finished tenant, made from outside and with the tenant's own credentials where it has any. */
export interface Check {
  /** Stable machine name, for instance `identity.password`. */
  id: string;
  /** The expectation, as a sentence. */
  claim: string;
  passed: boolean;
  /** The provider's answer, without secrets or personal data. */
  answered: string;
}
