/** The workflow type that looks again for the records of proved domains, and reads SAML metadata again. */
export const CHECK_DOMAINS = 'checkDomains';

/** Id of the Temporal Schedule that starts it, and prefix of its workflow ids. */
export const CHECK_DOMAINS_SCHEDULE_ID = 'check-domains';

/** Time limit of a round, in seconds; the schedule starts no other round meanwhile. */
export const CHECK_DOMAINS_SECONDS = 1_800;

/** Seconds after which a proved domain's record is looked for again, and SAML metadata are read again. */
export const RECHECK_SECONDS = 86_400;

/** Seconds after which the record of a custom domain that is not proved yet is looked for again, for {@link AWAITED_DAYS} after its claim. */
export const AWAITED_SECONDS = 1_800;
export const AWAITED_DAYS = 30;

/** The caller of operations that take a withdrawn domain from a tenant's single sign-on, and connect or disconnect its custom domain. */
export const DOMAIN_CHECK_CALLER = 'domain-check';

/** The caller of operations that put renewed SAML metadata in place. */
export const METADATA_CALLER = 'metadata-check';

/**
 * Counts of a round: records that were found, were missing, and could not be looked for; tenants from whose single sign-on domains were taken;
 * custom domains that are to be connected and disconnected; connections whose metadata have changed, and those whose metadata cannot be used.
 */
export const DOMAIN_COUNTS = [
  'found',
  'missing',
  'unanswered',
  'taken',
  'connected',
  'disconnected',
  'renewed',
  'unusable',
] as const;

/** The value of each count. */
export type DomainCounts = Record<(typeof DOMAIN_COUNTS)[number], number>;
