import type { z } from 'zod';
import { groupsByRules, type SsoMembers } from '../../../contract/identity/sso';
import type {
  ConfigureSsoRequest,
  ssoTestSchema,
  testSsoRequestSchema,
} from '../../../contract/schemas/identity/sso-schema';
import { listDomains } from '../../../registry/identity/domains';
import { readConnection } from '../../../registry/identity/sso-changes';
import type { ApiDependencies } from '../../dependencies';
import { notNow } from '../../http/problems';
import { describedBy, probeOf, requireSso } from './sso-connection';
import { lookAt, type Described } from './sso-look';

type Tested = z.output<typeof ssoTestSchema>;
type Finding = Tested['findings'][number];

/** Says in words whether people could sign in with a configuration, or with the connection that the tenant has. Changes nothing. */
export async function testSso(
  dependencies: ApiDependencies,
  tenantId: string,
  { configuration, claims }: z.output<typeof testSsoRequestSchema>,
): Promise<Tested> {
  await requireSso(dependencies, tenantId);
  const probe = probeOf(dependencies);
  const tested = await testedOf(dependencies, tenantId, configuration);
  const { findings } = await lookAt(probe, tested.described);
  const all: Finding[] = [
    ...findings.map(({ check, outcome, message }) => ({ check, outcome, message })),
    ...(await domainFindings(dependencies, tenantId, tested.domains)),
  ];
  return {
    usable: all.every(({ outcome }) => outcome !== 'failed'),
    findings: all,
    ...(claims === undefined ? {} : { groups: groupsByRules(tested, claims) }),
  };
}

type Tests = SsoMembers & { described: Described };

async function testedOf(
  dependencies: ApiDependencies,
  tenantId: string,
  configuration: ConfigureSsoRequest | undefined,
): Promise<Tests> {
  if (configuration) {
    const { domains, groups = [], rules = [] } = configuration;
    return { described: await describedBy(dependencies, tenantId, configuration), domains, groups, rules };
  }
  const present = await readConnection(dependencies.pool, dependencies.keys, tenantId);
  if (present?.protocol === 'oidc') {
    const { endpoints, clientId, clientSecret } = present;
    return { ...present, described: { oidc: { issuer: endpoints.issuer, clientId, clientSecret } } };
  }
  if (present?.metadataUrl !== undefined)
    return { ...present, described: { saml: { metadataUrl: present.metadataUrl } } };
  const detail = present
    ? 'The tenant’s connection is by SAML, and its metadata were given as XML, which is not kept. Say in `configuration` what to test.'
    : 'The tenant has no single sign-on. Say in `configuration` what to test.';
  throw notNow(detail);
}

async function domainFindings(
  { pool }: Pick<ApiDependencies, 'pool'>,
  tenantId: string,
  wanted: readonly string[],
): Promise<Finding[]> {
  const claimed = new Map((await listDomains(pool, tenantId)).map((entry) => [entry.domain, entry]));
  return wanted.map((domain): Finding => {
    const entry = claimed.get(domain);
    if (!entry) return failed(`The tenant has not claimed ${domain}. Claim it and publish its record.`);
    if (entry.state !== 'proved') return failed(`${domain} is ${entry.state}. Publish its record and check it.`);
    return entry.missingSince
      ? failed(`The record of ${domain} is missing since ${entry.missingSince.toISOString()}. Publish it again.`)
      : { check: 'domain', outcome: 'passed', message: `${domain} is proved.` };
  });
}

function failed(message: string): Finding {
  return { check: 'domain', outcome: 'failed', message };
}
