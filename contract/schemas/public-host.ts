import { domainToASCII, domainToUnicode } from 'node:url';
import { parse } from 'tldts';
import { z } from 'zod';

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const LONGEST_HOST = 253;
const LONGEST_URL = 2048;

/** Top-level domains of the public suffix list that lead nowhere on the public internet (RFC 3172, RFC 7686). */
const NOT_PUBLIC = new Set(['arpa', 'onion']);

/** Why a host name is not one of the public internet, or undefined when it may be. Only the text is judged, nothing is resolved. */
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

/** Whether the internet's root knows this name. `.example` counts: documentation may use it, and it resolves nowhere. */
function isPublicTopLevel(top: string): boolean {
  if (top === 'example') return true;
  return parse(top).isIcann === true && !NOT_PUBLIC.has(top);
}

/** One notation for one name: lower case, ASCII (UTS #46), without the dot of the root. What cannot be converted stays as it is. */
function canonicalHost(host: string): string {
  const ascii = /^[\x21-\x7e]*$/.test(host) ? host : domainToASCII(host) || host;
  return ascii.toLowerCase().replace(/\.$/, '');
}

function domainProblem(host: string): string | undefined {
  const problem = hostProblem(host);
  if (problem) return problem;
  return parse(host, { allowPrivateDomains: true }).domain === null
    ? 'Is a public suffix: names below it belong to different people. Give the name below it that is the customer’s.'
    : undefined;
}

/** A domain that one customer can have: a public host name that is no public suffix, in one notation. */
export const customDomain = z
  .string()
  .overwrite(canonicalHost)
  .superRefine((host, context) => {
    const message = domainProblem(host);
    if (message) context.addIssue({ code: 'custom', message });
  })
  .meta({
    description:
      'A public host name of the customer; no address, no name of a private network and no public suffix such as `co.uk` or `github.io`. One tenant at a time can have it. International names are kept in their ASCII form. That the customer owns it is not proved here, and what it resolves to is not looked at.',
    example: 'app.example.com',
    maxLength: LONGEST_HOST,
  });

/**
 * Why a text is not an https URL of a public host, or undefined. The authority must be exactly a host name: what a URL parser would
 * rewrite (decimal, octal and hexadecimal addresses, percent-encoded hosts), user names and ports are refused by that one comparison.
 */
function urlProblem(text: string): string | undefined {
  if (text.length > LONGEST_URL) return `Is longer than ${LONGEST_URL} characters. Give a shorter URL.`;
  if (!/^[\x21-\x7e]+$/.test(text) || text.includes('\\'))
    return 'Contains a space, a backslash or characters beyond ASCII. Percent-encode the path; write the host in its ASCII form (xn--…).';
  const authority = /^https:\/\/([^/?#]*)/i.exec(text)?.[1];
  if (authority === undefined) return 'Must begin with https:// so that nobody can read or change it on the way.';
  if (authority.includes('@'))
    return 'Contains a user name or password, which must not be in a URL. Remove everything before the @.';
  if (/:\d*$/.test(authority) && !authority.startsWith('[') && !authority.endsWith(':443'))
    return 'Names a port. Only the port of https, 443, is allowed; leave it out.';
  const host = authority.replace(/:443$/, '').toLowerCase();
  const problem = hostProblem(host);
  if (problem) return problem;
  return URL.canParse(text) && new URL(text).hostname === host ? undefined : 'Is not a URL. Correct it.';
}

/** An https URL on a public host, safe to hand to something that fetches it; what the name resolves to must be looked at then. */
export function publicUrl(about: { description: string; example: string }): z.ZodString {
  return z
    .string()
    .superRefine((text, context) => {
      const message = urlProblem(text);
      if (message) context.addIssue({ code: 'custom', message });
    })
    .meta({ ...about, format: 'uri', maxLength: LONGEST_URL });
}
