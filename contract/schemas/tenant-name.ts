import { z } from 'zod';

/** First labels of host names that the platform, a mail system or a convention needs, and names a customer could be fooled by. */
const RESERVED =
  `about abuse access account accounts acme-challenge admin administrator admins api apis app application apps assets auth
  authentication autoconfig autodiscover backup beta billing blog broadcasthost bucket cdn cert certs checkout ci cluster codec
  compliance config configuration console contact control controlplane customer customers dashboard database db default dev
  developer developers dns docs documentation download downloads email enterprise errors example files ftp gateway global grafana
  health healthz help helpdesk hostmaster http https identity idp imap info infra ingress internal invoice invoices isatap keycloak
  kubernetes ldap legal localhost login logout mail mailer-daemon master metrics mobile monitor monitoring mx mysql network news
  noreply ns ns1 ns2 ns3 ns4 null oauth oauth2 oidc onboarding operator operators ops owner partner partners password pay payment
  payments phishing platform pop pop3 portal postgres postgresql postmaster preview prod production professional prometheus proxy
  public readyz register registry reports root s3 saml sandbox sales secret secrets secure security server service services settings
  shop signin signup site smtp sql ssh ssl sso staff staging starter static stats status storage store stripe sudo superuser support
  svc sys sysadmin system team temporal tenant tenants terms test testing tls token tokens trust undefined update updates upload
  uploads user users vault verify vpn web webhook webhooks webmail webmaster worker wpad www www1 www2 www3`.split(
    /\s+/,
  );

/** Words that only collide with a reserved name because i and l look alike; nobody is fooled by them. */
const HARMLESS = new Set(['mall', 'apl']);

const PATTERN = /^[a-z][a-z0-9-]{1,38}[a-z0-9]$/;

/**
 * A name reduced to what it looks like: two names with the same skeleton are confusable. Digits stand for the letters they imitate; `m`,
 * `w` and `d` are written as the `rn`, `vv` and `cl` that imitate them (the other way round `vvv` would be ambiguous); hyphens count for
 * nothing. In the manner of Unicode TR 39, for `[a-z0-9-]`.
 */
export function nameSkeleton(name: string): string {
  const imitated: Record<string, string> = {
    0: 'o',
    1: 'l',
    i: 'l',
    3: 'e',
    4: 'a',
    5: 's',
    6: 'g',
    7: 't',
    8: 'b',
    9: 'g',
    2: 'z',
  };
  return name
    .replaceAll('-', '')
    .replaceAll(/[0-9i]/g, (character) => imitated[character]!)
    .replaceAll('m', 'rn')
    .replaceAll('w', 'vv')
    .replaceAll('d', 'cl');
}

const RESERVED_SKELETONS = new Set(RESERVED.map(nameSkeleton));

function isReserved(name: string): boolean {
  // Probe tenants and names derived from tenant ids are the platform's own.
  if (/^probe(?:$|[-0-9])/.test(name) || /^t-[a-z][a-z0-9]{15}$/.test(name)) return true;
  return RESERVED_SKELETONS.has(nameSkeleton(name)) && !HARMLESS.has(name);
}

/** A tenant's short name: 3 to 40 of `a–z 0–9 -`, the first label of its host name. Reserved and confusable names are refused. */
export const tenantName = z
  .string()
  .superRefine((name, context) => {
    const message = problemOf(name);
    if (message) context.addIssue({ code: 'custom', message });
  })
  .meta({
    description: 'Short name, unique on the platform; the first label of the tenant’s host name.',
    example: 'acme-bikes',
    minLength: 3,
    maxLength: 40,
    pattern: PATTERN.source,
  });

function problemOf(name: string): string | undefined {
  if (!PATTERN.test(name))
    return 'Must be 3 to 40 characters of a–z, 0–9 and hyphens, beginning with a letter and not ending with a hyphen, because it becomes a host name.';
  if (name.includes('--'))
    return 'Must not contain two hyphens in a row: such host names are reserved for international names.';
  if (isReserved(name))
    return 'Is reserved, or looks like a name that is. Choose another, for instance with the company’s name in it.';
  return undefined;
}
