/**
 * States of a domain that a tenant has claimed. `pending`: the tenant has not proved it. `proved`: it is this tenant's, and no other tenant's.
 * `withdrawn`: it was proved, and the proof was missing for {@link PROOF_GRACE_DAYS}.
 */
export const DOMAIN_STATES = ['pending', 'proved', 'withdrawn'] as const;

/** One of {@link DOMAIN_STATES}. */
export type DomainState = (typeof DOMAIN_STATES)[number];

/** What an event says of a domain. `missing`: it is still proved, but its record was not found any more. */
export const DOMAIN_CHANGES = ['claimed', 'proved', 'missing', 'withdrawn', 'removed'] as const;

/** One of {@link DOMAIN_CHANGES}. */
export type DomainChange = (typeof DOMAIN_CHANGES)[number];

/** Days for which a proved domain stays proved although its record is missing. */
export const PROOF_GRACE_DAYS = 7;

/** Most domains that one tenant may have claimed at once. */
export const MOST_DOMAINS = 50;

/** The TXT record with which the owner of a domain proves it. It holds nothing secret: only the owner can publish it. */
export function proofRecord(domain: string, token: string): { name: string; value: string } {
  return { name: `_tenant-verification.${domain}`, value: `tenant-verification=${token}` };
}
