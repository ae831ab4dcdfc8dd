import type { TenantEvidence } from '../../contract/schemas/tenants/evidence-schema';
import { escapeHtml } from './html';
import { code, facts, printedPage, section, type Cell } from './print';

/** A tenant's evidence as a page for printing and filing. */
export function evidencePage(evidence: TenantEvidence, publicUrl: string): string {
  const { tenantId, entries, digest, residency, template, encryption } = evidence;
  const current = entries.filter((entry) => entry.current);
  const rules = current.filter(({ provider }) => provider === 'baseline');
  const answers = current.filter(({ provider }) => provider !== 'baseline');
  const failed = current.filter(({ passed }) => !passed);
  const title = `Evidence of tenant ${tenantId}`;
  const body = [
    facts([
      ['State', evidence.state],
      ['Plan', evidence.plan],
      ['Region', `${residency.region ?? 'none yet'}, in ${residency.jurisdiction ?? 'an unstated jurisdiction'}`],
      ['Residency ordered', residency.asked ?? 'none'],
      ['Isolation', template.isolation],
      [
        'Template',
        `${template.id} ${template.version}, SQL ${template.schemaVersion}, SHA-256 ${template.fingerprint}`,
      ],
      ['Encryption', `${encryption.level ?? 'not stated'}; the tenant’s key is ${encryption.key}`],
      ['Key generations', encryption.generations.map(generationOf).join(', ')],
      ['Read at', evidence.readAt],
      ['Entries', `${digest.entries}, SHA-256 over their hashes ${digest.sha256}`],
      ['Claims that do not hold', failed.length === 0 ? 'none' : failed.map(({ check }) => check).join(', ')],
    ]),
    section(
      'Locations',
      ['What', 'Provider', 'Region', 'Jurisdiction', 'Cell', 'Id', 'State'],
      [
        ...evidence.places.map(({ what, provider, region, jurisdiction, cell, id, state }) => [
          ...[what, provider, region, jurisdiction ?? '–', cell ?? '–', code(id), state],
        ]),
      ],
    ),
    section(
      'Personal data',
      ['Data', 'Where', 'Protection'],
      [...evidence.personalData.map(({ data, where, protection }) => [data, where, protection])],
    ),
    section(
      'Processors shared by all regions',
      ['Service', 'Name', 'Jurisdiction', 'Inside the tenant’s jurisdiction', 'Receives'],
      [
        ...evidence.processors.map(({ service, name, jurisdiction, insideJurisdiction: inside, receives }) => [
          ...[service, name, jurisdiction ?? 'not stated', inside === null ? 'not stated' : yes(inside), receives],
        ]),
      ],
    ),
    section('Baseline rules', ['Rule', 'Claim', 'Holds', 'Based on', 'When', 'SHA-256'], rules.map(row)),
    section('Answers from providers', ['Check', 'Claim', 'Holds', 'Answer', 'When', 'SHA-256'], answers.map(row)),
    `<h2>Related documents</h2><ul>${Object.entries(evidence.links)
      .map(([name, link]) => `<li>${escapeHtml(name)}: ${code(publicUrl + link).html}</li>`)
      .join('')}</ul>`,
    '<p>Each hash covers the canonical JSON (RFC 8785) of its entry without <code>hash</code> and <code>current</code>. The audit entry <code>operation.active</code> contains the digest of the evidence on which the tenant was activated.</p>',
  ];
  return printedPage(title, body);
}

function generationOf({ generation, wrappedBy, region }: TenantEvidence['encryption']['generations'][number]): string {
  return `${generation}: wrapped by ${wrappedBy}${region === null ? '' : ` in ${region}`}`;
}

function row({ check, claim, passed, provider, answered, at, hash }: TenantEvidence['entries'][number]): Cell[] {
  const answer = provider === 'baseline' ? answered : `${provider}: ${answered}`;
  return [code(check), claim, yes(passed), answer, at, code(hash)];
}

function yes(answer: boolean): string {
  return answer ? 'yes' : 'NO';
}
