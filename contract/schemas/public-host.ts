import { domainToASCII, domainToUnicode } from 'node:url';
import { z } from 'zod';

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const LONGEST_HOST = 253;
const LONGEST_URL = 2048;

/**
 * Names that are never public, or that private networks use as if they were theirs (RFC 6761, 6762, 7686, 8375, 9476 and the list ICANN
 * keeps out of the root). `.example` is not among them: documentation may use it and it resolves nowhere.
 */
const PRIVATE_TOP_LEVELS = new Set(
  'alt arpa corp domain home host internal intranet invalid lan local localdomain localhost mail onion private test workgroup'.split(
    ' ',
  ),
);

/** Why a host name is not one of the public internet, or undefined when it may be. Only the text is judged, nothing is resolved. */
export function hostProblem(host: string): string | undefined {
  const labels = host.split('.');
  const top = labels.at(-1)!;
  if (host.length > LONGEST_HOST) return `Is longer than the ${LONGEST_HOST} characters of a host name.`;
  if (/^[\d.]+$|^0x|:|^\[/.test(host) || /^(?:\d+|0x[0-9a-f]*)$/.test(top))
    return 'Is an address, not a host name. Give the public name of the host, for instance app.example.com.';
  if (!labels.every((label) => LABEL.test(label)))
    return 'Is not a host name: letters a–z, digits and inner hyphens, up to 63 between dots. Write an international name in its ASCII form (xn--…).';
  if (PRIVATE_TOP_LEVELS.has(top))
    return `Is not a public host name: .${top} is reserved for private use. Give a public one.`;
  if (labels.length < 2)
    return 'Is not a public host name: it has no dot. Give the full name, for instance app.example.com.';
  if (domainToASCII(host) !== host || labels.some(isBrokenPunycode))
    return 'Contains an xn-- part that decodes to nothing valid. Convert the name again.';
  return undefined;
}

function isBrokenPunycode(label: string): boolean {
  return label.startsWith('xn--') && domainToUnicode(label) === label;
}

/** A public host name, lower-cased. */
export const publicHost = z
  .string()
  .toLowerCase()
  .superRefine((host, context) => {
    const message = hostProblem(host);
    if (message) context.addIssue({ code: 'custom', message });
  })
  .meta({
    description: 'A public host name of the customer; no address and no name of a private network.',
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
