import { createHash, randomUUID } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import type pg from 'pg';
import { CERTIFIED } from '../../contract/removal/certificate';
import { checkCertificate } from '../../contract/removal/check-certificate';
import type { RemovalCertificate } from '../../contract/schemas/tenants/certificate-schema';
import { appendAudit, findNewest } from '../../registry/audit/trail';
import { transaction } from '../../registry/database';
import { evidenceDigest, listEvidence } from '../../registry/evidence/evidence';
import { listKeyGenerations } from '../../registry/keys/generations';
import { recordOutcomeIn } from '../../registry/operations/transitions';
import { findCertificate, insertCertificate } from '../../registry/removal/certificates';
import { listAccepted, readRemovalFacts } from '../../registry/removal/facts';
import { listRemains } from '../../registry/removal/remains';
import { failure } from '../../providers/port/failures';
import type { Dependencies } from '../dependencies';
import { buildCertificate } from './build-certificate';
import type { ProofActivities } from './interface-proof';
import { retainedByUs, retainedInvoices } from './what-stays';

interface CertifyDependencies extends Pick<Dependencies, 'auditSigner' | 'pool' | 'signal'> {
  billing: Pick<Dependencies['billing'], 'classify' | 'listInvoiceNames'>;
}

/** The activity that ends a removal with its certificate. */
export function createCertify(dependencies: CertifyDependencies): Pick<ProofActivities, 'certifyRemoval'> {
  const { auditSigner, pool } = dependencies;

  /** The certificate as of this transaction, in which the operation has ended. */
  async function certificateIn(
    client: pg.ClientBase,
    operationId: string,
    invoices: RemovalCertificate['retained'],
  ): Promise<RemovalCertificate> {
    const removal = (await readRemovalFacts(client, operationId))!;
    const { tenantId } = removal;
    // One after the other: a client of a transaction sends one statement at a time.
    const rows = await listRemains(client, tenantId);
    const accepted = await listAccepted(client, tenantId);
    const ours = await retainedByUs(client, removal, rows);
    return buildCertificate({
      uuid: randomUUID(),
      operationId,
      removal,
      rows,
      accepted,
      evidence: await listEvidence(client, tenantId),
      digest: await evidenceDigest(client, tenantId),
      retained: [...ours, ...invoices],
      generations: await listKeyGenerations(client, tenantId),
      head: (await findNewest(client, tenantId))!,
    });
  }

  /** Stores the signed certificate. The trail's next entry names it, so that no other can take its place. */
  async function issue(client: pg.ClientBase, certificate: RemovalCertificate): Promise<void> {
    const { certificateId, operationId, tenantId } = certificate;
    const { signed } = await auditSigner.certify(certificate);
    const keyId = decodeProtectedHeader(signed).kid!;
    await insertCertificate(client, { tenantId, certificateId, operationId, keyId, signed });
    const sha256 = createHash('sha256').update(signed.payload, 'base64url').digest('hex');
    const detail = { certificateId, sha256 };
    await appendAudit(client, { tenantId, operationId, actor: 'workflow', action: CERTIFIED, detail });
  }

  return {
    async certifyRemoval({ operationId, steps }) {
      const removal = await readRemovalFacts(pool, operationId);
      if (!removal) throw failure('OperationNotFound', `There is no operation ${operationId} in the registry.`);
      const { tenantId } = removal;
      // Asked before the transaction, which must not wait for a provider.
      const invoices = await retainedInvoices(dependencies, await listRemains(pool, tenantId));
      const answer = await transaction(pool, async (client) => {
        if ((await recordOutcomeIn(client, { operationId, status: 'completed', steps })) === 'refused')
          return 'refused';
        if (await findCertificate(client, tenantId)) return 'committed';
        const certificate = await certificateIn(client, operationId, invoices);
        assertProven(certificate);
        await issue(client, certificate);
        return 'committed';
      });
      return { answer };
    },
  };
}

/** Throws rather than certify what was not proven: the verifier that everybody has would find it. */
function assertProven(certificate: RemovalCertificate): void {
  const findings = checkCertificate(certificate);
  if (findings.length === 0) return;
  const first = findings.slice(0, 5).map(({ field, message }) => `${field}: ${message}`);
  const more = findings.length > first.length ? ` And ${findings.length - first.length} more.` : '';
  throw failure(
    'VerificationFailed',
    `The removal of tenant ${certificate.tenantId} cannot be certified. ${first.join(' ')}${more}`,
  );
}
