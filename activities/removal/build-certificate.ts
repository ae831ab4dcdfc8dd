import { certificateIdOf, CERTIFICATE_VERSION, headlineOf } from '../../contract/removal/certificate';
import type { RemovalAnswer, RemovalCertificate } from '../../contract/schemas/tenants/certificate-schema';
import type { AuditRecord } from '../../contract/audit/chain';
import type { EvidenceDigest, KeptEvidence } from '../../registry/evidence/evidence';
import type { KeyGeneration } from '../../registry/keys/generations';
import type { AcceptedRemain, RemovalFacts } from '../../registry/removal/facts';
import type { Remain } from '../../registry/removal/remains';
import { checkOf, type Answer } from './questions';

/** Everything that a certificate is made of. */
export interface CertificateParts {
  uuid: string;
  operationId: string;
  removal: RemovalFacts;
  rows: readonly Remain[];
  accepted: readonly AcceptedRemain[];
  /** All evidence of the tenant, oldest first. */
  evidence: readonly KeptEvidence[];
  digest: EvidenceDigest;
  retained: RemovalCertificate['retained'];
  generations: readonly KeyGeneration[];
  /** The newest entry of the tenant's trail. */
  head: Pick<AuditRecord, 'sequence' | 'hash'>;
}

/** Makes the certificate. It says what the registry has, complete or not: whether it may be signed is decided elsewhere. */
export function buildCertificate(parts: CertificateParts): RemovalCertificate {
  const { accepted, digest, evidence, generations, head, operationId, removal, retained, rows, uuid } = parts;
  const { tenantId, plan, region, residency, caller, requestedAt, reason, announcedAt, removalAt, pivotAt, now } =
    removal;
  const answers = evidence.filter((one) => one.operationId === operationId);
  const certificate: Omit<RemovalCertificate, 'headline'> = {
    version: CERTIFICATE_VERSION,
    certificateId: certificateIdOf(uuid),
    tenantId,
    plan,
    region: region ?? '',
    residency,
    operationId,
    requested: { by: caller, at: iso(requestedAt), reason },
    announced: announcedAt && { at: iso(announcedAt), removalAt: removalAt && iso(removalAt) },
    began: iso(pivotAt ?? requestedAt),
    completed: iso(now),
    resources: rows.filter(({ state }) => state !== 'accepted').map((row) => removedOf(row, answers)),
    accepted: accepted.map((row) => ({
      ...placeOf(row),
      id: row.externalId ?? row.name,
      by: row.by ?? '',
      at: iso(row.at ?? row.since),
      reason: row.reason ?? '',
      asked: askedAbout(row, ['lookup'], answers),
    })),
    retained,
    keys: [...generations.map(dataKeyOf), ...rows.flatMap(ownKeyOf)],
    evidence: digest,
    audit: head,
  };
  return { ...certificate, headline: headlineOf(certificate) };
}

function removedOf(row: Remain, answers: readonly KeptEvidence[]): RemovalCertificate['resources'][number] {
  return {
    ...placeOf(row),
    removedAt: iso(row.since),
    deletesAt: deletionOf(row),
    asked: askedAbout(row, ['lookup', 'listing'], answers),
  };
}

/** The newest answer to each question about something, given after it was removed. */
function askedAbout(
  { kind, provider, region, since }: Remain,
  ways: readonly RemovalAnswer['how'][],
  answers: readonly KeptEvidence[],
): RemovalAnswer[] {
  return ways.flatMap((how) => {
    const check = checkOf({ how, kind });
    const last = answers.findLast(
      (one) => one.check === check && one.provider === provider && one.region === region && one.at >= since,
    );
    return last ? [{ who: provider, how, at: iso(last.at), answer: last.answered as Answer }] : [];
  });
}

function dataKeyOf({ generation, provider, region, destroyedAt }: KeyGeneration): RemovalCertificate['keys'][number] {
  return {
    key: 'data-key',
    generation,
    provider: provider === 'local' ? 'key-ring' : provider,
    region,
    destroyedAt: destroyedAt && iso(destroyedAt),
    deletesAt: null,
  };
}

/** The tenant's own key at AWS KMS. One that an operator has accepted is named there. */
function ownKeyOf(row: Remain): RemovalCertificate['keys'] {
  if (row.kind !== 'kms-key' || row.state === 'accepted') return [];
  const destroyedAt = row.state === 'absent' ? iso(row.since) : null;
  return [
    {
      key: 'own-key',
      generation: null,
      provider: 'aws-kms',
      region: row.region,
      destroyedAt,
      deletesAt: deletionOf(row),
    },
  ];
}

/** When the provider deletes by itself what is scheduled for deletion. */
function deletionOf({ state, facts }: Remain): string | null {
  const { deletesAt } = facts;
  return state === 'scheduled_for_deletion' && typeof deletesAt === 'string' ? iso(new Date(deletesAt)) : null;
}

function placeOf({ kind, provider, region, cell, name }: Remain) {
  return { kind, provider, region, cell, name };
}

function iso(time: Date): string {
  return time.toISOString();
}
