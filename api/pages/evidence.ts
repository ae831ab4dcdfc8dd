import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { TenantEvidence } from '../../contract/schemas/evidence-schema';
import { PAGE_POLICY } from '../security-headers';
import { escapeHtml } from './html';

// Inside the page, so that one which was saved or handed on looks as it should.
const STYLE = readFileSync(path.join(__dirname, 'assets', 'evidence.css'), 'utf8');

/** The pages' policy, and this page's own style. */
export const EVIDENCE_POLICY = PAGE_POLICY.replace(
  "style-src 'self'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
);

type Cell = string | { html: string };

/** A tenant's evidence, to be printed and put in a file. */
export function evidencePage(evidence: TenantEvidence, publicUrl: string): string {
  const { tenantId, entries, digest, residency, template, encryption } = evidence;
  const current = entries.filter((entry) => entry.current);
  const rules = current.filter(({ provider }) => provider === 'baseline');
  const answers = current.filter(({ provider }) => provider !== 'baseline');
  const broken = current.filter(({ passed }) => !passed);
  const title = `Evidence of tenant ${tenantId}`;
  const body = [
    facts([
      ['Status', evidence.status],
      ['Plan', evidence.plan],
      [
        'Region',
        `${residency.region ?? 'none yet'}, in ${residency.jurisdiction ?? 'a jurisdiction that is not stated'}`,
      ],
      ['Residency ordered', residency.asked ?? 'none'],
      ['Isolation', template.isolation],
      [
        'Template',
        `${template.id} ${template.version}, SQL ${template.schemaVersion}, SHA-256 ${template.fingerprint}`,
      ],
      ['Encryption', `${encryption.level ?? 'not stated'}; the tenant’s key is ${encryption.key}`],
      ['Key generations', encryption.generations.map(generationOf).join(', ')],
      ['Read', evidence.readAt],
      ['Entries', `${digest.entries}, SHA-256 over their hashes ${digest.sha256}`],
      ['What does not hold', broken.length === 0 ? 'nothing' : broken.map(({ check }) => check).join(', ')],
    ]),
    section(
      'Where things lie',
      ['What', 'Provider', 'Region', 'Law', 'Cell', 'Id', 'State'],
      [
        ...evidence.places.map(({ what, provider, region, jurisdiction, cell, id, state }) => [
          ...[what, provider, region, jurisdiction ?? '–', cell ?? '–', code(id), state],
        ]),
      ],
    ),
    section(
      'Data about people',
      ['Data', 'Where', 'Protection'],
      [...evidence.personalData.map(({ data, where, protection }) => [data, where, protection])],
    ),
    section(
      'Processors that all regions share',
      ['Service', 'Who', 'Law', 'Inside the tenant’s jurisdiction', 'Receives'],
      [
        ...evidence.processors.map(({ service, name, jurisdiction, insideJurisdiction: inside, receives }) => [
          ...[service, name, jurisdiction ?? 'not stated', inside === null ? 'not stated' : yes(inside), receives],
        ]),
      ],
    ),
    section('Rules of the baseline', ['Rule', 'Claim', 'Holds', 'On what', 'When', 'SHA-256'], rules.map(row)),
    section('Answers', ['Check', 'Claim', 'Holds', 'Answer', 'When', 'SHA-256'], answers.map(row)),
    `<h2>More</h2><ul>${Object.entries(evidence.links)
      .map(([name, link]) => `<li>${escapeHtml(name)}: ${code(publicUrl + link).html}</li>`)
      .join('')}</ul>`,
    '<p>A hash is over the canonical JSON (RFC 8785) of its entry without <code>hash</code> and <code>current</code>. The trail’s entry <code>operation.active</code> has the digest of what the tenant was activated on.</p>',
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${body.join('\n')}
</body>
</html>
`;
}

function generationOf({ generation, wrappedBy, region }: TenantEvidence['encryption']['generations'][number]): string {
  return `${generation}: wrapped by ${wrappedBy}${region === null ? '' : ` in ${region}`}`;
}

function row({ check, claim, passed, provider, answered, at, hash }: TenantEvidence['entries'][number]): Cell[] {
  const answer = provider === 'baseline' ? answered : `${provider}: ${answered}`;
  return [code(check), claim, yes(passed), answer, at, code(hash)];
}

function section(title: string, head: string[], rows: Cell[][]): string {
  const cells = (tag: string, values: Cell[]): string =>
    values.map((value) => `<${tag}>${html(value)}</${tag}>`).join('');
  const body = rows.map((values) => `<tr>${cells('td', values)}</tr>`).join('\n');
  return `<h2>${escapeHtml(title)}</h2>
<table><thead><tr>${cells('th', head)}</tr></thead><tbody>
${body}
</tbody></table>`;
}

function facts(rows: [string, string][]): string {
  return `<dl>${rows.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`;
}

function html(value: Cell): string {
  return typeof value === 'string' ? escapeHtml(value) : value.html;
}

function code(text: string): { html: string } {
  return { html: `<code>${escapeHtml(text)}</code>` };
}

function yes(answer: boolean): string {
  return answer ? 'yes' : 'NO';
}
