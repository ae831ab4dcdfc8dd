import type { DomainState } from '../../contract/identity/domains';
import { SSO_KIND } from '../../contract/identity/sso';
import { maybeOne, type Queryable } from '../database';

/** A domain that a tenant has claimed. */
export interface TenantDomain {
  domainId: string;
  tenantId: string;
  domain: string;
  /** The part of the proof's record that differs between claims. */
  token: string;
  state: DomainState;
  createdAt: Date;
  provedAt: Date | null;
  /** When the DNS last gave an answer about its record. */
  checkedAt: Date | null;
  /** Since when the record of a proved domain is missing. */
  missingSince: Date | null;
}

/** SQL columns of a {@link TenantDomain}. */
export const DOMAIN_COLUMNS = `domain_id as "domainId", tenant_id as "tenantId", domain, token, state, created_at as "createdAt",
  proved_at as "provedAt", checked_at as "checkedAt", missing_since as "missingSince"`;

/** The domains of a tenant by name, at most as many as a tenant may have. */
export async function listDomains(db: Queryable, tenantId: string): Promise<TenantDomain[]> {
  const { rows } = await db.query<TenantDomain>(
    `select ${DOMAIN_COLUMNS} from tenant_domain where tenant_id = $1 order by domain`,
    [tenantId],
  );
  return rows;
}

/** A domain of a tenant. */
export async function findDomain(db: Queryable, tenantId: string, domain: string): Promise<TenantDomain | undefined> {
  return maybeOne<TenantDomain>(
    db,
    `select ${DOMAIN_COLUMNS} from tenant_domain where tenant_id = $1 and domain = $2`,
    [tenantId, domain],
  );
}

/** The proved domains whose record was not looked for by itself for `seconds`, longest ago first. */
export async function listDomainsToCheck(db: Queryable, seconds: number, limit: number): Promise<TenantDomain[]> {
  const { rows } = await db.query<TenantDomain>(
    `select ${DOMAIN_COLUMNS} from tenant_domain
     where state = 'proved' and asked_at <= now() - make_interval(secs => $1) order by asked_at limit $2`,
    [seconds, limit],
  );
  return rows;
}

/**
 * The custom domains that wait for their record, and for which it was not looked for `seconds`, longest ago first; those that were claimed more
 * than `days` ago are left out.
 */
export async function listAwaitedDomains(
  db: Queryable,
  { seconds, days, limit }: { seconds: number; days: number; limit: number },
): Promise<TenantDomain[]> {
  const { rows } = await db.query<TenantDomain>(
    `select ${DOMAIN_COLUMNS} from tenant_domain
     where state = 'pending' and asked_at <= now() - make_interval(secs => $1) and created_at > now() - make_interval(days => $2)
       and exists (select from tenant where tenant.tenant_id = tenant_domain.tenant_id and custom_domain = domain)
     order by asked_at limit $3`,
    [seconds, days, limit],
  );
  return rows;
}

/** Records that a domain's record was looked for just now. */
export async function noteAsked(db: Queryable, domainId: string): Promise<void> {
  await db.query(`update tenant_domain set asked_at = now() where domain_id = $1`, [domainId]);
}

/** The tenants whose single sign-on has domains that are withdrawn, with these domains. */
export async function listTenantsToTakeFrom(
  db: Queryable,
  limit: number,
): Promise<{ tenantId: string; domains: string[] }[]> {
  const { rows } = await db.query<{ tenantId: string; domains: string[] }>(
    `select tenant_domain.tenant_id as "tenantId", array_agg(distinct domain order by domain) as domains
     from tenant_domain
       join resource on resource.tenant_id = tenant_domain.tenant_id and resource.kind = $2 and resource.state = 'present'
       join sso_connection on sso_connection.operation_id = resource.settings ->> 'sso'
     where tenant_domain.state = 'withdrawn' and sso_connection.settings -> 'domains' ? domain
     group by tenant_domain.tenant_id order by tenant_domain.tenant_id limit $1`,
    [limit, SSO_KIND],
  );
  return rows;
}
