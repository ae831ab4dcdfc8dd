import { z } from 'zod';
import { isInNetworks, isPublicAddress, type Network } from '../../webhooks/addresses';
import { hostProblem } from '../values/public-host';

const LONGEST_URL = 2048;

/** URL of a receiver. Its form is checked here; {@link receiverProblem} and every request check where it leads. */
export const receiverUrl = calledUrl({
  description: 'An https URL on a public host, without a user name or a fragment.',
  example: 'https://hooks.example.com/provisioner',
});

/** URL of a customer's server that this program calls. Only its form is checked: every request checks where it leads. */
export function calledUrl(about: { description: string; example: string }) {
  return z
    .string()
    .max(LONGEST_URL, `Is longer than ${LONGEST_URL} characters. Give a shorter URL.`)
    .superRefine((text, context) => {
      const message = formProblem(text);
      if (message) context.addIssue({ code: 'custom', message });
    })
    .meta({ ...about, format: 'uri', maxLength: LONGEST_URL });
}

function formProblem(text: string): string | undefined {
  if (!/^[\x21-\x7e]+$/.test(text) || text.includes('\\') || !URL.canParse(text))
    return 'Is not a URL. Percent-encode spaces and characters beyond ASCII, and write the host in its ASCII form (xn--…).';
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol)) return 'Must begin with https://.';
  if (url.username !== '' || url.password !== '' || /^https?:\/\/[^/?#]*@/i.test(text))
    return 'Contains a user name or password, which must not be in a URL. Remove everything before the @.';
  if (text.includes('#')) return 'Has a fragment, which is never sent. Remove everything from the # on.';
  return undefined;
}

/**
 * Why messages could never be sent to a URL, or undefined. Nothing is resolved: with any internal network, names of private networks and http
 * are left for each request to check.
 */
export function receiverProblem(text: string, internal: readonly Network[]): string | undefined {
  const { hostname, protocol } = new URL(text);
  const address = hostname.replace(/^\[|\]$/g, '');
  if (isInNetworks(address, internal)) return undefined;
  const isAddress = /^[\d.]+$/.test(address) || address.includes(':');
  if (isAddress && !isPublicAddress(address)) return 'The address is not public. Give the public name of the receiver.';
  if (internal.length > 0) return undefined;
  if (protocol !== 'https:') return 'Must begin with https:// so that the messages are encrypted in transit.';
  return isAddress ? undefined : hostProblem(hostname);
}
