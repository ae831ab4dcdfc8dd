import { domainToASCII, domainToUnicode } from 'node:url';
import { parse } from 'tldts';
import { z } from 'zod';

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const LONGEST_HOST = 253;
const LONGEST_URL = 2048;

/** Top-level domains of the public suffix list under which there are no public hosts (RFC 3172, RFC 7686). */
const NOT_PUBLIC = new Set(['arpa', 'onion']);

/** Why a host name cannot be a public one, or undefined when it can. Only the text is checked; nothing is resolved. */
export function hostProblem(host: string): string | undefined {
  const labels = host.split('.');
  const top = labels.at(-1)!;
  if (host.length > LONGEST_HOST) return `Is longer than the ${LONGEST_HOST} characters of a host name.`;
  if (/^[\d.]+$|^0x|:|^\[/.test(host) || /^(?:\d+|0x[0-9a-f]*)$/.test(top))
    return 'Is an address, not a host name. Give the public name of the host, for instance app.example.com.';
  if (!labels.every((label) => LABEL.test(label)))
    return 'Is not a host name: letters a–z, digits and inner hyphens, up to 63 between dots. Write an international name in its ASCII form (xn--…).';
  if (labels.length < 2)
    return 'Is not a public host name: it has no dot. Give the full name, for instance app.example.com.';
  if (!isPublicTopLevel(top))
    return `Is not a public host name: the internet has no top-level domain .${top}. Give a name that everyone can resolve.`;
  if (domainToASCII(host) !== host || labels.some(isBrokenPunycode))
    return 'Contains an xn-- part that decodes to nothing valid. Convert the name again.';
  return undefined;
}

function isBrokenPunycode(label: string): boolean {
  return label.startsWith('xn--') && domainToUnicode(label) === label;
}

/** Whether the root of the DNS has this top-level domain. `.example` counts: it is meant for documentation and resolves to nothing. */
function isPublicTopLevel(top: string): boolean {
  if (top === 'example') return true;
  return parse(top).isIcann === true && !NOT_PUBLIC.has(top);
}

/** The canonical notation of a host name: lower case, ASCII (UTS #46), no trailing dot. A name that cannot be converted is unchanged. */
function canonicalHost(host: string): string {
  const ascii = /^[\x21-\x7e]*$/.test(host) ? host : domainToASCII(host) || host;
  return ascii.toLowerCase().replace(/\.$/, '');
}

function domainProblem(host: string): string | undefined {
  const problem = hostProblem(host);
  if (problem) return problem;
  return parse(host, { allowPrivateDomains: true }).domain === null
    ? 'Is a public suffix: names below it belong to different owners. Give the name below it that belongs to the customer.'
    : undefined;
}

/** A domain that a single customer can own: a public host name that is not a public suffix, in canonical notation. */
function ownedDomain(about: { description: string; example: string }) {
  return z
    .string()
    .overwrite(canonicalHost)
    .superRefine((host, context) => {
      const message = domainProblem(host);
      if (message) context.addIssue({ code: 'custom', message });
    })
    .meta({ ...about, maxLength: LONGEST_HOST });
}

/** The host name at which a customer reaches the application. */
export const customDomain = ownedDomain({
  description:
    'A public host name of the customer; not an IP address, a name of a private network or a public suffix such as `co.uk` or `github.io`. Only one tenant at a time can have it. International names are stored in their ASCII form. The order is not delayed by its DNS: once the tenant is active, its owner proves the name by a record, and then the edge serves it.',
  example: 'app.example.com',
});

/** The part of a company's e-mail addresses after the @. */
export const emailDomain = ownedDomain({
  description:
    'The part of a company’s e-mail addresses after the @: a public name that is not a public suffix such as `co.uk` or `github.io`. International names are stored in their ASCII form.',
  example: 'acme.example',
});

/**
 * Why a text is not an https URL of a public host, or undefined. The authority must be exactly a host name. That one comparison refuses
 * everything a URL parser would rewrite (decimal, octal and hexadecimal addresses, percent-encoded hosts), user names and ports.
 */
function urlProblem(text: string): string | undefined {
  if (text.length > LONGEST_URL) return `Is longer than ${LONGEST_URL} characters. Give a shorter URL.`;
  if (!/^[\x21-\x7e]+$/.test(text) || text.includes('\\'))
    return 'Contains a space, a backslash or characters beyond ASCII. Percent-encode the path; write the host in its ASCII form (xn--…).';
  const authority = /^https:\/\/([^/?#]*)/i.exec(text)?.[1];
  if (authority === undefined) return 'Must begin with https:// so that the content is encrypted in transit.';
  if (authority.includes('@'))
    return 'Contains a user name or password, which must not be in a URL. Remove everything before the @.';
  if (/:\d*$/.test(authority) && !authority.startsWith('[') && !authority.endsWith(':443'))
    return 'Names a port. Only the standard port 443 of https is allowed; leave the port out.';
  const host = authority.replace(/:443$/, '').toLowerCase();
  const problem = hostProblem(host);
  if (problem) return problem;
  return URL.canParse(text) && new URL(text).hostname === host ? undefined : 'Is not a URL. Correct it.';
}

/** An https URL on a public host. Code that fetches it must still check the addresses that the host name resolves to. */
export function publicUrl(about: { description: string; example: string }): z.ZodString {
  return z
    .string()
    .superRefine((text, context) => {
      const message = urlProblem(text);
      if (message) context.addIssue({ code: 'custom', message });
    })
    .meta({ ...about, format: 'uri', maxLength: LONGEST_URL });
}
