import type {
  RemovalAnswer,
  RemovalCertificate,
  SignedCertificate,
} from '../../contract/schemas/tenants/certificate-schema';
import { escapeHtml } from './html';
import { code, facts, printedPage, section, type Cell } from './print';

/** The certificate of a removed tenant as a page for printing and filing. */
export function certificatePage({ certificate, signed }: SignedCertificate, publicUrl: string): string {
  const { certificateId, accepted, resources, retained, keys, evidence, audit } = certificate;
  return printedPage(`Certificate of removal ${certificateId}`, [
    `<p><strong>${escapeHtml(certificate.headline)}</strong></p>`,
    facts([
      ['Tenant', certificate.tenantId],
      ['Plan', certificate.plan],
      ['Region', certificate.region],
      ['Residency ordered', certificate.residency ?? 'none'],
      ['Operation', certificate.operationId],
      ['Requested', requestOf(certificate)],
      ['Announced', announcementOf(certificate)],
      ['Removal began', certificate.began],
      ['Completed', certificate.completed],
      ['Evidence', `${evidence.entries} entries, SHA-256 over their hashes ${evidence.sha256}`],
      ['Audit trail', `entry ${audit.sequence}, SHA-256 ${audit.hash}`],
    ]),
    ...(accepted.length === 0
      ? []
      : [
          section(
            'Not removed: leftovers that an operator has taken over',
            ['Kind', 'Provider', 'Region', 'Cell', 'Name', 'Id', 'Accepted by', 'When', 'Why', 'Asked again'],
            accepted.map((one) => [...placeOf(one), code(one.id), one.by, one.at, one.reason, answersOf(one.asked)]),
          ),
        ]),
    section(
      'Removed',
      ['Kind', 'Provider', 'Region', 'Cell', 'Name', 'Removed at', 'Asked again'],
      resources.map((one) => [...placeOf(one), removalOf(one), answersOf(one.asked)]),
    ),
    section(
      'Keys',
      ['Key', 'Generation', 'Kept by', 'Region', 'Destroyed at'],
      keys.map(({ key, generation, provider, region, destroyedAt, deletesAt }) => [
        ...[key, generation === null ? '–' : String(generation), provider, region ?? '–'],
        destroyedAt ?? `unusable, and deleted by its provider on ${deletesAt ?? 'a date that is not known'}`,
      ]),
    ),
    section(
      'What stays',
      ['What', 'Where', 'Why', 'Until', 'Readable'],
      retained.map(({ what, where, why, until, readable }) => [
        ...[what, where, why, until ?? 'no end', readable === false ? 'no' : readable],
      ]),
    ),
    section(
      'Signature',
      ['Part', 'Value'],
      [
        ['Header', code(signed.protected)],
        ['Signature', code(signed.signature)],
      ],
    ),
    `<p>Ed25519, as a JWS (RFC 7515) over the canonical JSON (RFC 8785) of the certificate. The public keys are at ${code(`${publicUrl}/v1/audit/keys`).html}. To check it, save ${jsonLink({ certificate, signed })} and run <code>tenant-provisioner verify-certificate</code> on it.</p>`,
  ]);
}

/** The certificate as a file within the page, so that a page that was saved or forwarded can still be checked. */
function jsonLink(certificate: SignedCertificate): string {
  const data = Buffer.from(JSON.stringify(certificate, null, 2)).toString('base64');
  const name = `${certificate.certificate.certificateId}.json`;
  return `<a download="${escapeHtml(name)}" href="data:application/json;base64,${data}">the certificate as JSON</a>`;
}

function requestOf({ requested: { by, at, reason } }: RemovalCertificate): string {
  return `by ${by} at ${at}${reason === null ? '' : `, reason ${reason}`}`;
}

function announcementOf({ announced }: RemovalCertificate): string {
  if (!announced) return 'no announcement was recorded';
  return announced.removalAt === null ? announced.at : `${announced.at}, for ${announced.removalAt}`;
}

type Place = Pick<RemovalCertificate['resources'][number], 'kind' | 'provider' | 'region' | 'cell' | 'name'>;

function placeOf({ kind, provider, region, cell, name }: Place): Cell[] {
  return [kind, provider, region, cell === '' ? '–' : cell, code(name)];
}

function removalOf({ removedAt, deletesAt }: RemovalCertificate['resources'][number]): string {
  return deletesAt === null ? removedAt : `${removedAt}; deleted by its provider on ${deletesAt}`;
}

function answersOf(asked: readonly RemovalAnswer[]): string {
  if (asked.length === 0) return 'no';
  return asked.map(({ who, how, at, answer }) => `${who} (${how}) at ${at}: ${answer}`).join('; ');
}
