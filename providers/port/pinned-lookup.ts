import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { isInNetworks, isPublicAddress, type Network } from '../../contract/webhooks/addresses';

/** Addresses of a host name, as the operating system finds them. */
export type Resolve = (host: string) => Promise<LookupAddress[]>;

/** The receiver must not be contacted; the message says why and contains no address. */
export class ReceiverRefused extends Error {
  override readonly name = 'ReceiverRefused';
}

/**
 * Resolves a URL's host once and returns a look-up that only knows these addresses, so that a second answer of its name server cannot lead
 * the connection elsewhere. Throws {@link ReceiverRefused} if any address is neither public nor in `internal`, or if the URL is not encrypted
 * and any address is not in `internal`.
 */
export async function pinnedLookup(
  url: URL,
  internal: readonly Network[],
  resolve: Resolve = resolveBySystem,
): Promise<LookupFunction> {
  const addresses = await resolve(url.hostname.replace(/^\[|\]$/g, ''));
  if (addresses.length === 0) throw new ReceiverRefused('The host name has no address.');
  for (const { address } of addresses) {
    if (isInNetworks(address, internal)) continue;
    if (!isPublicAddress(address))
      throw new ReceiverRefused('The host has an address that is not public; no request was sent.');
    if (url.protocol !== 'https:') throw new ReceiverRefused('Public receivers are only reached by https.');
  }
  return (_host, { all }, done) => {
    const [first] = addresses;
    if (all) done(null, addresses);
    else done(null, first!.address, first!.family);
  };
}

/** An address in place of a host name is its own only answer. */
function resolveBySystem(host: string): Promise<LookupAddress[]> {
  return systemLookup(host, { all: true, verbatim: true });
}
