import type { SweepPlan } from '../../contract/maintenance/sweeps';
import { quarantine, type Finding } from '../../registry/ledger/quarantine';
import { findOrphans } from '../../registry/ledger/orphans';
import type { SweepPart } from '../../registry/maintenance/sweeps';
import type { Dependencies } from '../dependencies';
import type { RegisteredKind } from '../effects/resource-context';
import { toFailure } from '../../providers/port/failures';
import type { Listed } from '../../providers/port/kind';
import { kindsIn } from './sweep-kinds';

/** How many findings of one part a dry run lists; all are counted. */
const SHOWN = 500;

type SearchDependencies = Pick<Dependencies, 'pool' | 'signal'>;

/** Compares what the providers hold of ours in a region, or in none, with the ledger, kind by kind. */
export async function findOrphansOf(
  dependencies: SearchDependencies & { kinds: Pick<Dependencies['kinds'], 'all'> },
  plan: SweepPlan,
  region: string,
): Promise<SweepPart> {
  const part: SweepPart = { counts: { orphans: 0, unknownTenants: 0, released: 0 }, problems: [], findings: [] };
  for (const registered of kindsIn(dependencies, region)) {
    try {
      await findOrphansOfKind(dependencies, plan, { registered, region, part });
    } catch (error) {
      const { kind, provider } = registered.kind;
      part.problems.push(toFailure(error, `listing ${kind} of ${provider} in ${region}`, registered.classify).message);
    }
  }
  return part;
}

async function findOrphansOfKind(
  { pool, signal }: SearchDependencies,
  plan: SweepPlan,
  { registered, region, part }: { registered: RegisteredKind; region: string; part: SweepPart },
): Promise<void> {
  const { kind, provider } = registered.kind;
  const place = { provider, kind, region };
  const listed: Listed[] = [];
  for await (const thing of registered.kind.list(region, signal())) listed.push(thing);
  const ownerless = await findOrphans(pool, kind, listed, plan.leaseSeconds);
  const found = ownerless.map(({ reason, cell = '', name, id, tenantId, operationId }): Finding => {
    return { ...place, reason, cell, name, externalId: id, tenantId, operationId };
  });
  const { counts } = part;
  const orphans = found.filter(({ reason }) => reason === 'orphan').length;
  counts.orphans! += orphans;
  counts.unknownTenants! += found.length - orphans;
  if (plan.dryRun) part.findings.push(...found.slice(0, SHOWN - part.findings.length));
  else counts.released! += await quarantine(pool, place, found, plan);
}
