import type { FindingView, Sweep } from '../../contract/schemas/sweep-schema';
import type { SweepCounts, SweepState } from '../../contract/maintenance/sweeps';
import { maybeOne, type Queryable } from '../database';
import { isBehind, microsOf, toPage, type Page, type PageRequest } from '../pages';
import type { Finding } from '../ledger/quarantine';
import type { SweepPart } from '../maintenance/sweeps';

/** Maximum number of findings shown with a sweep. */
const SHOWN = 1_000;

interface SweepRow {
  sweepId: string;
  requestedBy: string;
  dryRun: boolean;
  state: SweepState;
  reason: string | null;
  counts: Partial<SweepCounts>;
  parts: Record<string, SweepPart>;
  startedAt: Date;
  endedAt: Date | null;
  micros: string;
}

const SWEEP_COLUMNS = `sweep_id as "sweepId", requested_by as "requestedBy", dry_run as "dryRun", state, reason, counts, parts,
  started_at as "startedAt", ended_at as "endedAt", ${microsOf('started_at')} as micros`;

interface FindingRow extends Finding {
  findingId: string;
  state: NonNullable<FindingView['state']>;
  lastError: string | null;
  foundBy: string;
  foundAt: Date;
  lastSeenAt: Date;
  dueAt: Date;
  resolvedAt: Date | null;
  micros: string;
}

const FINDING_COLUMNS = `finding_id as "findingId", reason, kind, provider, region, cell, name, external_id as "externalId",
  tenant_id as "tenantId", operation_id as "operationId", state, last_error as "lastError", found_by as "foundBy",
  found_at as "foundAt", last_seen_at as "lastSeenAt", due_at as "dueAt", resolved_at as "resolvedAt", ${microsOf('found_at')} as micros`;

/** A page of sweeps, newest first, without their findings. */
export async function listSweeps(db: Queryable, { after, limit }: PageRequest): Promise<Page<Sweep>> {
  const { rows } = await db.query<SweepRow>(
    `select ${SWEEP_COLUMNS} from sweep where ${isBehind('started_at', 'sweep_id', 1, 2)}
     order by started_at desc, sweep_id desc limit $3`,
    [after?.micros ?? null, after?.id ?? null, limit + 1],
  );
  return toPage(rows, limit, ({ micros, sweepId }) => ({ micros, id: sweepId }), viewSweep);
}

/** One sweep with its findings, or undefined. */
export async function readSweep(db: Queryable, sweepId: string): Promise<Sweep | undefined> {
  const row = await maybeOne<SweepRow>(db, `select ${SWEEP_COLUMNS} from sweep where sweep_id = $1`, [sweepId]);
  if (!row) return undefined;
  if (row.dryRun) {
    const findings = Object.values(row.parts).flatMap((part) => part.findings.map(viewThing));
    return { ...viewSweep(row), findings: findings.slice(0, SHOWN) };
  }
  const { rows } = await db.query<FindingRow>(
    `select ${FINDING_COLUMNS} from quarantine where found_by = $1 order by finding_id limit $2`,
    [sweepId, SHOWN],
  );
  return { ...viewSweep(row), findings: rows.map(viewFinding) };
}

/** A page of the open findings, newest first. */
export async function listOpenFindings(db: Queryable, { after, limit }: PageRequest): Promise<Page<FindingView>> {
  const { rows } = await db.query<FindingRow>(
    `select ${FINDING_COLUMNS} from quarantine
     where state in ('quarantined', 'resolving') and ${isBehind('found_at', "lpad(finding_id::text, 19, '0')", 1, 2)}
     order by found_at desc, finding_id desc limit $3`,
    [after?.micros ?? null, after?.id ?? null, limit + 1],
  );
  // Padded, because numbers compared as text are in numeric order only if they have equal lengths.
  return toPage(rows, limit, ({ micros, findingId }) => ({ micros, id: findingId.padStart(19, '0') }), viewFinding);
}

function viewSweep({
  sweepId,
  requestedBy,
  dryRun,
  state,
  reason,
  counts,
  parts,
  startedAt,
  endedAt,
}: SweepRow): Sweep {
  return {
    sweepId,
    requestedBy,
    dryRun,
    state,
    counts,
    ...(reason === null ? {} : { reason }),
    problems: Object.values(parts).flatMap(({ problems }) => problems),
    startedAt: startedAt.toISOString(),
    ...(endedAt ? { endedAt: endedAt.toISOString() } : {}),
  };
}

function viewThing({
  reason,
  kind,
  provider,
  region,
  cell,
  name,
  externalId,
  tenantId,
  operationId,
}: Finding): FindingView {
  return {
    reason,
    kind,
    provider,
    region,
    name,
    id: externalId,
    tenantId,
    ...(cell === '' ? {} : { cell }),
    ...(operationId === null ? {} : { operationId }),
  };
}

function viewFinding(row: FindingRow): FindingView {
  const { state, lastError, foundBy, foundAt, lastSeenAt, dueAt, resolvedAt } = row;
  return {
    ...viewThing(row),
    state,
    foundBy,
    ...(lastError === null ? {} : { lastError }),
    foundAt: foundAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
    dueAt: dueAt.toISOString(),
    ...(resolvedAt ? { resolvedAt: resolvedAt.toISOString() } : {}),
  };
}
