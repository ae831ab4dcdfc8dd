import { createHash } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';
import type { AuditRecord } from '../../contract/audit/chain';
import { CERTIFIED } from '../../contract/removal/certificate';
import type { CertificateFinding } from '../../contract/removal/check-certificate';
import type { RemovalCertificate, SignedCertificate } from '../../contract/schemas/tenants/certificate-schema';
import { readTrailFile } from '../verify-audit/read-trail';
import { verifyTrail } from '../verify-audit/verify';

/** Findings on a certificate that the exported trail of its tenant reveals. Never throws. */
export async function checkTrail(
  trail: Uint8Array,
  certificate: RemovalCertificate,
  { payload }: SignedCertificate['signed'],
  keys: JSONWebKeySet,
): Promise<CertificateFinding[]> {
  const { findings } = await verifyTrail({ trail, heads: [], keys });
  const broken = findings.map(({ problem, message }): CertificateFinding => finding('', `${problem}: ${message}`));
  const { records } = readTrailFile(trail);
  return [...broken, ...checkHead(certificate, records), ...checkEntries(certificate, payload, records)];
}

/** The certificate names the trail's entry that records the end of the removal. */
function checkHead(
  { audit, operationId, tenantId }: RemovalCertificate,
  records: readonly AuditRecord[],
): CertificateFinding[] {
  const head = records.find(({ sequence }) => sequence === audit.sequence);
  if (!head) return [finding('/audit/sequence', `The trail has no entry ${audit.sequence}.`)];
  if (head.tenantId !== tenantId) return [finding('/tenantId', `The trail is that of tenant ${head.tenantId}.`)];
  if (head.hash !== audit.hash)
    return [finding('/audit/hash', `Entry ${audit.sequence} of the trail has another hash.`)];
  if (head.operationId !== operationId || head.action !== 'operation.completed')
    return [finding('/operationId', `Entry ${audit.sequence} of the trail is not the end of this operation.`)];
  return [];
}

/** The trail names the certificate, and everything that operators have accepted. */
function checkEntries(
  { accepted, certificateId, operationId, requested }: RemovalCertificate,
  payload: string,
  records: readonly AuditRecord[],
): CertificateFinding[] {
  const of = records.filter((record) => record.operationId === operationId);
  const findings: CertificateFinding[] = [];
  const certified = of.filter(({ action }) => action === CERTIFIED);
  const sha256 = createHash('sha256').update(payload, 'base64url').digest('hex');
  if (!certified.some(({ detail }) => detail['certificateId'] === certificateId && detail['sha256'] === sha256))
    findings.push(finding('/certificateId', 'The trail does not record that this certificate was issued.'));
  const request = of.find(({ action }) => action.endsWith('.requested'));
  if (request && request.actor !== requested.by)
    findings.push(finding('/requested/by', `The trail says that ${request.actor} requested the removal.`));
  for (const { actor, detail } of of.filter(({ action }) => action === 'resolution.accept'))
    for (const { kind, id } of leftoversIn(detail))
      if (!accepted.some((one) => one.kind === kind && one.id === id && one.by === actor))
        findings.push(finding('/accepted', `The trail says that ${actor} accepted the leftover ${kind} ${id}.`));
  return findings;
}

function leftoversIn({ leftovers }: Record<string, unknown>): { kind: string; id: string }[] {
  const named = (Array.isArray(leftovers) ? leftovers : []) as Record<string, unknown>[];
  return named.map(({ kind, id }) => ({ kind: String(kind), id: String(id) }));
}

function finding(field: string, message: string): CertificateFinding {
  return { problem: 'trail', field, message };
}
