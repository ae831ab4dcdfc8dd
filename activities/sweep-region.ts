import type { SweepPlan } from '../contract/sweeps';
import { quarantine, type Finding } from '../registry/quarantine';
import { findStrays } from '../registry/strays';
import type { SweepPart } from '../registry/sweeps';
import type { Dependencies } from './dependencies';
import type { RegisteredKind } from './effect';
import { toFailure } from './failures';
import type { Listed } from './kind';
import { kindsIn } from './sweep-kinds';

/** Findings of one part that a dry run shows; all are counted. */
const SHOWN = 500;

/** What the providers hold of ours in a region, or in none, compared with the ledger, kind by kind. */
export async function findStraysOf(dependencies: Dependencies, plan: SweepPlan, region: string): Promise<SweepPart> {
  const part: SweepPart = { counts: { orphans: 0, unknownTenants: 0, released: 0 }, problems: [], findings: [] };
  for (const registered of kindsIn(dependencies, region)) {
    try {
      await findStraysOfKind(dependencies, plan, { registered, region, part });
    } catch (error) {
      const { kind, provider } = registered.kind;
      part.problems.push(toFailure(error, `listing ${kind} of ${provider} in ${region}`, registered.classify).message);
    }
  }
  return part;
}

async function findStraysOfKind(
  { pool, signal }: Dependencies,
  plan: SweepPlan,
  { registered, region, part }: { registered: RegisteredKind; region: string; part: SweepPart },
): Promise<void> {
  const { kind, provider } = registered.kind;
  const place = { provider, kind, region };
  const listed: Listed[] = [];
  for await (const thing of registered.kind.list(region, signal())) listed.push(thing);
  const strays = await findStrays(pool, kind, listed, plan.leaseSeconds);
  const found = strays.map(({ reason, cell = '', name, id, tenantId, operationId }): Finding => {
    return { ...place, reason, cell, name, externalId: id, tenantId, operationId };
  });
  const { counts } = part;
  const orphans = found.filter(({ reason }) => reason === 'orphan').length;
  counts.orphans! += orphans;
  counts.unknownTenants! += found.length - orphans;
  if (plan.dryRun) part.findings.push(...found.slice(0, SHOWN - part.findings.length));
  else counts.released! += await quarantine(pool, place, found, plan);
}
