import type { Network } from '../../contract/webhooks/addresses';
import type { SsoProbe } from '../port/sso-probe';
import { oidcProbe } from './oidc';
import { samlProbe } from './saml';

/** Looks at customers' identity providers. Servers in `internalNetworks` may be contacted although their addresses are not public. */
export function createSsoProbe({ internalNetworks }: { internalNetworks: readonly Network[] }): SsoProbe {
  return { ...oidcProbe(internalNetworks), ...samlProbe(internalNetworks) };
}
