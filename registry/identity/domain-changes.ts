import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { EDGE_ROUTE_KIND } from '../../contract/edge/route';
import { MOST_DOMAINS, PROOF_GRACE_DAYS, type DomainChange } from '../../contract/identity/domains';
import { END_STATUSES } from '../../contract/operations/states';
import type { TenantState } from '../../contract/tenants/states';
import { appendAudit } from '../audit/trail';
import { maybeOne, transaction, violatedConstraint } from '../database';
import { appendEvent } from '../events/append';
import { DOMAIN_COLUMNS, findDomain, type TenantDomain } from './domains';

/** The index by which only one tenant at a time has a proved domain. */
const PROVED = 'tenant_domain_proved';

/** A domain of a tenant, and who changes it (`token:<name>`). */
export interface DomainRequest {
  tenantId: string;
  domain: string;
  actor: string;
}

/** Result of {@link claimDomain}. */
export type ClaimOutcome =
  | { outcome: 'claimed' | 'known'; entry: TenantDomain }
  | { outcome: 'no-tenant' }
  | { outcome: 'not-now'; state: TenantState }
  /** The tenant has {@link MOST_DOMAINS} domains. */
  | { outcome: 'full' };

/** Claims a domain for an active tenant. A domain that it has claimed before keeps its record. */
export async function claimDomain(pool: pg.Pool, request: DomainRequest): Promise<ClaimOutcome> {
  const { tenantId, domain } = request;
  return transaction(pool, async (client) => {
    const tenant = await maybeOne<{ state: TenantState }>(
      client,
      `select state from tenant where tenant_id = $1 for update`,
      [tenantId],
    );
    if (!tenant) return { outcome: 'no-tenant' };
    if (tenant.state !== 'active') return { outcome: 'not-now', state: tenant.state };
    const known = await findDomain(client, tenantId, domain);
    if (known) return { outcome: 'known', entry: known };
    const entry = await insertClaim(client, request);
    return entry ? { outcome: 'claimed', entry } : { outcome: 'full' };
  });
}

/** Claims the custom domain of a tenant that becomes active, if it has one. Its owner can prove it from then on. */
export async function claimCustomDomain(client: pg.ClientBase, tenantId: string, actor: string): Promise<void> {
  const tenant = await maybeOne<{ domain: string | null }>(
    client,
    `select custom_domain as domain from tenant where tenant_id = $1`,
    [tenantId],
  );
  const domain = tenant?.domain;
  if (domain && !(await findDomain(client, tenantId, domain))) await insertClaim(client, { tenantId, domain, actor });
}

async function insertClaim(
  client: pg.ClientBase,
  { tenantId, domain, actor }: DomainRequest,
): Promise<TenantDomain | undefined> {
  const entry = await maybeOne<TenantDomain>(
    client,
    `insert into tenant_domain (domain_id, tenant_id, domain, token)
     select $1, $2, $3, $4 where (select count(*) from tenant_domain where tenant_id = $2) < $5
     returning ${DOMAIN_COLUMNS}`,
    [`dm_${randomUUID().replaceAll('-', '')}`, tenantId, domain, randomBytes(20).toString('hex'), MOST_DOMAINS],
  );
  if (entry) await tell(client, entry, 'claimed', actor);
  return entry;
}

/** What the DNS has answered about the record of a domain. */
export interface ProofAnswer extends DomainRequest {
  found: boolean;
}

/** Result of {@link recordProof}. */
export type ProofOutcome =
  | { outcome: 'recorded'; entry: TenantDomain }
  | { outcome: 'no-domain' }
  /** The record is there, but another tenant has the domain. */
  | { outcome: 'held-by-another' };

/**
 * Records an answer of the DNS: a domain whose record is there becomes the tenant's, and one whose record has been missing for
 * {@link PROOF_GRACE_DAYS} is withdrawn. Only answers count: while the DNS does not answer, a domain stays what it is.
 */
export async function recordProof(pool: pg.Pool, answer: ProofAnswer): Promise<ProofOutcome> {
  const { tenantId, domain, found, actor } = answer;
  try {
    return await transaction(pool, async (client) => {
      const before = await maybeOne<TenantDomain & { overdue: boolean }>(
        client,
        `select ${DOMAIN_COLUMNS}, coalesce(missing_since <= now() - make_interval(days => $3), false) as overdue
         from tenant_domain where tenant_id = $1 and domain = $2 for update`,
        [tenantId, domain, PROOF_GRACE_DAYS],
      );
      if (!before) return { outcome: 'no-domain' };
      const entry = (await maybeOne<TenantDomain>(
        client,
        `update tenant_domain set checked_at = now(),
           state = case when $2 then 'proved' when $3 then 'withdrawn' else state end,
           proved_at = case when $2 then coalesce(case when state = 'proved' then proved_at end, now()) when $3 then null else proved_at end,
           missing_since = case when not $2 and not $3 and state = 'proved' then coalesce(missing_since, now()) end
         where domain_id = $1 returning ${DOMAIN_COLUMNS}`,
        [before.domainId, found, before.state === 'proved' && before.overdue],
      ))!;
      const change = changeBetween(before, entry);
      if (change) await tell(client, entry, change, actor);
      return { outcome: 'recorded', entry };
    });
  } catch (error) {
    if (violatedConstraint(error) !== PROVED) throw error;
    return { outcome: 'held-by-another' };
  }
}

/** Gives up a domain, unless the tenant's single sign-on or its route at the edge has it, or is being given it. */
export async function removeDomain(
  pool: pg.Pool,
  { tenantId, domain, actor }: DomainRequest,
): Promise<'removed' | 'no-domain' | 'in-use'> {
  return transaction(pool, async (client) => {
    const entry = await maybeOne<TenantDomain>(
      client,
      `select ${DOMAIN_COLUMNS} from tenant_domain where tenant_id = $1 and domain = $2 for update`,
      [tenantId, domain],
    );
    if (!entry) return 'no-domain';
    // Only once the domain is locked: a connection that is being stored holds it meanwhile.
    const used = await maybeOne(
      client,
      `select from sso_connection where tenant_id = $1 and settings -> 'domains' ? $2
       union all select from resource where tenant_id = $1 and kind = $3 and state in ('present', 'changing') and settings ->> 'domain' = $2
       union all select from operation join tenant using (tenant_id)
         where tenant_id = $1 and tenant.custom_domain = $2 and operation.kind = 'connect-domain' and operation.status <> all($4)
       limit 1`,
      [tenantId, domain, EDGE_ROUTE_KIND, END_STATUSES],
    );
    if (used) return 'in-use';
    await client.query(`delete from tenant_domain where domain_id = $1`, [entry.domainId]);
    await tell(client, entry, 'removed', actor);
    return 'removed';
  });
}

function changeBetween(before: TenantDomain, after: TenantDomain): DomainChange | undefined {
  if (after.state !== before.state) return after.state === 'proved' ? 'proved' : 'withdrawn';
  if (after.state !== 'proved' || (after.missingSince === null) === (before.missingSince === null)) return undefined;
  return after.missingSince === null ? 'proved' : 'missing';
}

/** The trail and the log name the domain by its id: neither ever forgets. */
async function tell(
  client: pg.ClientBase,
  { tenantId, domainId }: TenantDomain,
  change: DomainChange,
  actor: string,
): Promise<void> {
  await appendAudit(client, { tenantId, actor, action: `domain.${change}`, detail: { domainId } });
  await appendEvent(client, { tenantId, type: 'domain.state', data: { domainId, state: change } });
}
