import type { OidcConnection, OidcEndpoints, SamlProvider } from '../../contract/identity/sso';

/** What one look at a customer's identity provider has come to, in words for the person who sets it up. */
export interface SsoFinding {
  check: 'discovery' | 'endpoints' | 'keys' | 'credentials' | 'metadata' | 'certificate';
  /** `unknown`: the answer says neither. */
  outcome: 'passed' | 'failed' | 'unknown';
  /** Contains neither a secret nor an address of a network. */
  message: string;
}

/** Looks at customers' identity providers from outside. Every request is checked: it goes to public addresses, or to allowed networks. */
export interface SsoProbe {
  /** Reads an issuer's discovery document. */
  discover(issuer: string, signal: AbortSignal): Promise<{ endpoints?: OidcEndpoints; findings: SsoFinding[] }>;
  /** Tries whether the identity provider knows our client and its secret. */
  tryClient(
    of: Pick<OidcConnection, 'endpoints' | 'clientId' | 'clientSecret'>,
    signal: AbortSignal,
  ): Promise<SsoFinding>;
  /** Reads the metadata of a SAML identity provider, as XML or from its URL. */
  readMetadata(
    of: { metadata: string } | { metadataUrl: string },
    signal: AbortSignal,
  ): Promise<{ saml?: SamlProvider; findings: SsoFinding[] }>;
}
