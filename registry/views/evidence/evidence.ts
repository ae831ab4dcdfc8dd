import type { KeyWrapper } from '../../../contract/keys/key-wrapping';
import type { TenantEvidence } from '../../../contract/schemas/tenants/evidence-schema';
import { templateFingerprint } from '../../../templates/stored';
import { findPlacement } from '../../capacity/capacity';
import type { Queryable } from '../../database';
import { evidenceDigest, listEvidence, type KeptEvidence } from '../../evidence/evidence';
import { listKeyGenerations } from '../../keys/generations';
import { listResources, type LedgerRow } from '../../ledger/ledger';
import { findTemplate, loadOperation } from '../../operations/operations';
import { personalDataPlaces, PROCESSOR_RECEIVES } from './personal-data';
import { listProcessors, listRegions, type Processor } from '../../capacity/regions';
import { findTenant } from '../tenants';
import { ignoreDestroyedKey } from '../../keys/tenant-keys';

/**
 * Everything an auditor may know about a tenant: no secrets, no personal names. Undefined if there is no such tenant, or `caller` is given
 * and did not order it.
 */
export async function readEvidence(
  db: Queryable,
  keys: KeyWrapper,
  tenantId: string,
  caller?: string,
): Promise<TenantEvidence | undefined> {
  const tenant = await findTenant(db, tenantId, caller);
  if (!tenant) return undefined;
  const { operationId, state, status, plan, region, residency } = tenant;
  const [ledger, entries, digest, placement, regions, processors, generations, template, operation] = await Promise.all(
    [
      listResources(db, tenantId),
      listEvidence(db, tenantId),
      evidenceDigest(db, tenantId),
      findPlacement(db, tenantId),
      listRegions(db),
      listProcessors(db),
      listKeyGenerations(db, tenantId),
      findTemplate(db, operationId),
      // Of the order, only the encryption level is shown.
      ignoreDestroyedKey(loadOperation(db, keys, operationId)),
    ],
  );
  const jurisdictionOf = (name: string): string | null =>
    regions.find((known) => known.region === name)?.jurisdiction ?? null;
  const jurisdiction = region === null ? null : jurisdictionOf(region);
  return {
    tenantId,
    operationId,
    state,
    status,
    plan,
    readAt: new Date().toISOString(),
    residency: { asked: residency, region, jurisdiction },
    template: {
      id: template!.templateId,
      version: template!.version,
      fingerprint: templateFingerprint(template!),
      schemaVersion: template!.resources.database.schemaVersion,
      isolation: template!.resources.database.isolation,
    },
    encryption: {
      level: operation?.order.compliance?.encryptionLevel ?? null,
      key: operation ? 'present' : 'destroyed',
      generations: generations.map(({ generation, provider, region: keyRegion, createdAt, destroyedAt }) => ({
        generation,
        wrappedBy: provider,
        region: keyRegion,
        madeAt: createdAt.toISOString(),
        destroyedAt: destroyedAt?.toISOString() ?? null,
      })),
    },
    placement: placement ?? null,
    places: ledger.map((row) => placeOf(row, jurisdictionOf)),
    personalData: personalDataPlaces({ keyIsThere: operation !== undefined, ledger }),
    processors: processors.map((processor) => processorOf(processor, jurisdiction)),
    digest,
    entries: withCurrent(entries),
    links: {
      tenant: `/v1/tenants/${tenantId}`,
      operation: `/v1/operations/${operationId}`,
      trail: `/v1/tenants/${tenantId}/audit`,
      backups: `/v1/tenants/${tenantId}/backups`,
      scans: `/v1/tenants/${tenantId}/scans`,
    },
  };
}

function placeOf(row: LedgerRow, jurisdictionOf: (region: string) => string | null): TenantEvidence['places'][number] {
  const { kind, provider, region, cell, externalId, name, state } = row;
  return {
    what: kind,
    provider,
    region,
    jurisdiction: jurisdictionOf(region),
    ...(cell === '' ? {} : { cell }),
    id: externalId ?? name,
    state,
  };
}

function processorOf(
  { service, name, jurisdiction }: Processor,
  own: string | null,
): TenantEvidence['processors'][number] {
  const inside = jurisdiction === null || own === null ? null : jurisdiction === own;
  return { service, name, jurisdiction, insideJurisdiction: inside, receives: PROCESSOR_RECEIVES[service] };
}

function withCurrent(entries: KeptEvidence[]): TenantEvidence['entries'] {
  const latest = new Map(entries.map((entry) => [`${entry.region}/${entry.check}`, entry]));
  return entries.map((entry) => ({
    tenantId: entry.tenantId,
    operationId: entry.operationId,
    askedBy: entry.askedBy,
    probe: entry.probe,
    check: entry.check,
    claim: entry.claim,
    passed: entry.passed,
    provider: entry.provider,
    region: entry.region,
    answered: entry.answered,
    at: entry.at.toISOString(),
    hash: entry.hash.toString('hex'),
    current: latest.get(`${entry.region}/${entry.check}`) === entry,
  }));
}
