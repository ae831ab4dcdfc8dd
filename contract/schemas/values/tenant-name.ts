import { z } from 'zod';

/** Names needed as host names by the platform, by mail systems or by convention, and names that could deceive customers. */
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

/** Ordinary words that look like a reserved name when i and l are confused. */
const HARMLESS = new Set(['flies']);

const PATTERN = /^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$/;

/** The digits that imitate each letter. */
const DIGITS: Record<string, string> = {
  o: '0',
  i: '1',
  l: '1',
  z: '2',
  e: '3',
  a: '4',
  s: '5',
  g: '69',
  t: '7',
  b: '8',
};

/** Letters that imitate another. Not applied to four letters or fewer, which are mostly names in their own right: `tis`, `mali`, `clev`. */
const LETTERS: Record<string, string> = { i: 'l', l: 'i' };
const PAIRS: Record<string, string> = { m: 'rn', w: 'vv', d: 'cl' };
const LONG_ENOUGH_FOR_LETTERS = 5;

/**
 * Matches imitations of a reserved name: digits in place of the letters they resemble and, in longer names, letters and pairs of letters
 * that resemble another letter. Digits in the reserved name itself only match themselves, so `pope` does not count as `pop3`. This follows
 * UTS #39, limited to `[a-z0-9]`.
 */
function imitationsOf(reserved: string, withLetters: boolean): RegExp {
  const forms = [...reserved.replaceAll('-', '')].map((character) => {
    const one = `[${character}${DIGITS[character] ?? ''}${withLetters ? (LETTERS[character] ?? '') : ''}]`;
    const pair = withLetters ? PAIRS[character] : undefined;
    return pair === undefined ? one : `(?:${one}|${pair})`;
  });
  return new RegExp(`^${forms.join('')}$`);
}

const SHORT_IMITATIONS = RESERVED.map((name) => imitationsOf(name, false));
const LONG_IMITATIONS = RESERVED.map((name) => imitationsOf(name, true));

function isReserved(name: string): boolean {
  // The platform itself uses probe tenants and names derived from tenant ids.
  if (/^probe(?:$|[-0-9])/.test(name) || /^(?:t|gone)-[a-z][a-z0-9]{15}$/.test(name)) return true;
  const bare = name.replaceAll('-', '');
  const imitations = bare.length < LONG_ENOUGH_FOR_LETTERS ? SHORT_IMITATIONS : LONG_IMITATIONS;
  return !HARMLESS.has(bare) && imitations.some((imitation) => imitation.test(bare));
}

/**
 * A tenant's short name: 3 to 40 of `a–z 0–9 -`, used as the first label of its host name (RFC 1123 §2.1). Reserved names and imitations of
 * them are refused.
 */
export const tenantName = z
  .string()
  .superRefine((name, context) => {
    const message = problemOf(name);
    if (message) context.addIssue({ code: 'custom', message });
  })
  .meta({
    description:
      'Short name, used as the first label of the tenant’s host name. Unique on the platform; names that differ only in 0 for o or 1 for l count as equal.',
    example: 'acme-bikes',
    minLength: 3,
    maxLength: 40,
    pattern: PATTERN.source,
  });

function problemOf(name: string): string | undefined {
  if (!PATTERN.test(name))
    return 'Must be 3 to 40 characters of a–z, 0–9 and hyphens, beginning and ending with a letter or digit, because it becomes a host name.';
  if (name.includes('--'))
    return 'Must not contain two hyphens in a row: such host names are reserved for international names.';
  if (isReserved(name))
    return 'Is reserved, or resembles a reserved name. Choose another, for instance with the company’s name in it.';
  return undefined;
}
