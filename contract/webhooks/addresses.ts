import ipaddr from 'ipaddr.js';

/** An address and the number of its leading bits that name a network. */
export type Network = ReturnType<typeof ipaddr.parseCIDR>;

/** The only part of IPv6 from which public addresses have been assigned. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** A network in CIDR notation, or undefined. */
export function parseNetwork(text: string): Network | undefined {
  return ipaddr.isValidCIDR(text) ? ipaddr.parseCIDR(text) : undefined;
}

/** Whether anyone on the internet can reach an address: it is neither private, local, reserved, nor translated to another one. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  // An IPv4 address that is mapped into IPv6 is judged as what it is.
  const address = ipaddr.process(text);
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || address.match(GLOBAL_UNICAST);
}

/** Whether an address is in one of these networks. */
export function isInNetworks(text: string, networks: readonly Network[]): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  return networks.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits));
}
