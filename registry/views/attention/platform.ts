import { LITTLE_ROOM } from '../../../contract/capacity/room';
import type { FindingReason } from '../../../contract/maintenance/sweeps';
import { MOST_NAMED, type Attention } from '../../../contract/schemas/platform/attention-schema';
import type { DisabledReason } from '../../../contract/webhooks/webhooks';
import { FINDING_ID } from '../../audit/findings';
import { listRegionOffers } from '../../capacity/region-offers';
import type { Queryable } from '../../database';
import { readCounted } from './counted';

/** Findings in quarantine. */
export async function readQuarantined(db: Queryable): Promise<NonNullable<Attention['quarantine']>> {
  const { count, rows } = await readCounted<{
    reason: FindingReason;
    kind: string;
    provider: string;
    region: string;
    id: string;
    tenantId: string;
    since: Date;
    dueAt: Date;
    lastError: string | null;
  }>(db, {
    columns: `reason, kind, provider, region, external_id as id, tenant_id as "tenantId", found_at as since, due_at as "dueAt",
      last_error as "lastError"`,
    from: 'quarantine',
    where: `state in ('quarantined', 'resolving')`,
    orderBy: 'due_at, finding_id',
  });
  return {
    count,
    items: rows.map(({ since, dueAt, lastError, ...row }) => ({
      ...row,
      since: since.toISOString(),
      dueAt: dueAt.toISOString(),
      ...(lastError === null ? {} : { lastError }),
    })),
  };
}

/** Open findings on audit trails. */
export async function readOpenAuditFindings(db: Queryable): Promise<NonNullable<Attention['auditFindings']>> {
  const { count, rows } = await readCounted<{
    findingId: string;
    tenantId: string;
    region: string;
    problem: string;
    since: Date;
  }>(db, {
    columns: `${FINDING_ID} as "findingId", tenant_id as "tenantId", region, problem, found_at as since`,
    from: 'audit_finding',
    where: 'accepted_at is null',
    orderBy: 'found_at desc, finding_id desc',
  });
  return { count, items: rows.map(({ since, ...row }) => ({ ...row, since: since.toISOString() })) };
}

/** Endpoints to which nothing gets through: those of `owner`, or all. */
export async function readFailingEndpoints(
  db: Queryable,
  owner: string | undefined,
): Promise<NonNullable<Attention['webhooks']>> {
  const { count, rows } = await readCounted<{
    endpointId: string;
    owner: string;
    url: string;
    since: Date | null;
    disabledBecause: DisabledReason | null;
  }>(db, {
    columns: `endpoint_id as "endpointId", owner, url, failing_since as since, disabled_because as "disabledBecause"`,
    from: 'webhook_endpoint',
    // A caller that has disabled its endpoint knows that nothing gets through.
    where: `(failing_since is not null or disabled_because in ('gone', 'failing'))
      and disabled_because is distinct from 'requested' and ($1::text is null or owner = $1)`,
    orderBy: 'failing_since, endpoint_id',
    values: [owner ?? null],
  });
  return {
    count,
    items: rows.map(({ since, disabledBecause, ...row }) => ({
      ...row,
      ...(since ? { since: since.toISOString() } : {}),
      ...(disabledBecause === null ? {} : { disabledBecause }),
    })),
  };
}

/** Regions that have little or no room for a plan they serve. */
export async function readFullRegions(db: Queryable): Promise<NonNullable<Attention['capacity']>> {
  const full = (await listRegionOffers(db)).flatMap(({ region, plans }) =>
    plans.map(({ plan, places }) => ({ region, plan, places })).filter(({ places }) => places < LITTLE_ROOM),
  );
  full.sort((one, other) => one.places - other.places || one.region.localeCompare(other.region));
  return { count: full.length, items: full.slice(0, MOST_NAMED) };
}
