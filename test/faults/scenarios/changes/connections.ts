import { randomUUID } from 'node:crypto';
import { claimDomain, recordProof } from '../../../../registry/identity/domain-changes';
import type { TestProduct } from '../../../helpers/product';
import type { Connection } from '../../company';
import type { FaultRun } from '../../journal';
import type { World } from '../scenario';
import type { Subject } from './change';

let connections = 0;

/** A connection that the tenant has not had, and what asks for it. */
export async function nextConnection(
  { system: { product, company } }: World,
  { tenantId, connection: before }: Subject,
): Promise<{ sso: NonNullable<FaultRun['sso']>; body: object }> {
  connections += 1;
  const domains = ['one', 'two'].map((part) => `${part}-${tenantId}.example`);
  if (!before) for (const domain of domains) await prove(product, tenantId, domain);
  const wanted: Connection = {
    clientId: `client-${connections}-end`,
    domain: domains.find((domain) => domain !== before?.domain)!,
    team: `team-${connections}-end`,
  };
  const { clientId, domain, team } = wanted;
  return {
    sso: { wanted, ...(before ? { before } : {}) },
    body: {
      oidc: { issuer: company.issuer, clientId, clientSecret: `secret-${randomUUID()}` },
      domains: [domain],
      groups: ['members'],
      rules: [{ claim: 'groups', value: team, group: 'admins' }],
    },
  };
}

/** Proves a domain without a name server. */
async function prove({ registry }: TestProduct, tenantId: string, domain: string): Promise<void> {
  const request = { tenantId, domain, actor: 'test' };
  await claimDomain(registry, request);
  const { outcome } = await recordProof(registry, { ...request, found: true });
  if (outcome !== 'recorded') throw new Error(`The proof of ${domain} was answered ${outcome}.`);
}
