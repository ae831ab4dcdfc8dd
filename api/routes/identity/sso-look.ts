import type { SsoConnection } from '../../../contract/identity/sso';
import type { ConfigureSsoRequest } from '../../../contract/schemas/identity/sso-schema';
import type { SsoFinding, SsoProbe } from '../../../providers/port/sso-probe';

/** Milliseconds for all looks at an identity provider while the caller waits. */
const LOOK_MS = 25_000;

/** What an identity provider is described by: a client of an OpenID provider with its secret, or SAML metadata. */
export type Described =
  | { oidc: NonNullable<ConfigureSsoRequest['oidc']> & { clientSecret: string } }
  | { saml: NonNullable<ConfigureSsoRequest['saml']> };

/** A finding, with the JSON pointer of what to correct. */
export type PointedFinding = SsoFinding & { pointer: string };

/** The part of a connection that comes from the identity provider. */
type Provider<C = SsoConnection> = C extends unknown ? Omit<C, 'domains' | 'groups' | 'rules'> : never;

/** Asks a company's identity provider whether it is as it is described. `provider` is absent if it cannot be used. */
export async function lookAt(
  probe: SsoProbe,
  described: Described,
): Promise<{ provider?: Provider; findings: PointedFinding[] }> {
  const signal = AbortSignal.timeout(LOOK_MS);
  if ('saml' in described) {
    const { metadata, metadataUrl } = described.saml;
    const from = metadata === undefined ? { metadataUrl: metadataUrl! } : { metadata };
    const read = await probe.readMetadata(from, signal);
    const findings = pointed(read.findings, 'metadataUrl' in from ? '/saml/metadataUrl' : '/saml/metadata');
    if (!read.saml) return { findings };
    const source = 'metadataUrl' in from ? from : {};
    return { provider: { protocol: 'saml', saml: read.saml, ...source }, findings };
  }
  const { issuer, clientId, clientSecret } = described.oidc;
  const found = await probe.discover(issuer, signal);
  const findings = pointed(found.findings, '/oidc/issuer');
  const { endpoints } = found;
  if (!endpoints) return { findings };
  const client = await probe.tryClient({ endpoints, clientId, clientSecret }, signal);
  return {
    provider: { protocol: 'oidc', endpoints, clientId, clientSecret },
    findings: [...findings, ...pointed([client], '/oidc/clientSecret')],
  };
}

function pointed(findings: readonly SsoFinding[], pointer: string): PointedFinding[] {
  return findings.map((finding) => ({ ...finding, pointer }));
}
