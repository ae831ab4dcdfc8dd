import type { RemovalAnswer, RemovalCertificate } from '../schemas/tenants/certificate-schema';
import { AUDIT_TRAIL, headlineOf } from './certificate';

/**
 * The problems a certificate can have. `malformed`: it is not written as a certificate is; `altered`: the readable copy differs from what
 * was signed; `signature`: no known key has signed it; `not-removed`: no provider confirmed a removal after it; `disorder`: times
 * contradict each other; `unnamed`: something that stays is not named; `trail`: the audit trail says something else.
 */
export type CertificateProblem =
  'malformed' | 'altered' | 'signature' | 'not-removed' | 'disorder' | 'unnamed' | 'trail';

/** One problem of a certificate and its place. */
export interface CertificateFinding {
  problem: CertificateProblem;
  /** JSON pointer (RFC 6901) into the certificate; empty for the whole of it. */
  field: string;
  message: string;
}

/** Milliseconds by which the announcement may seem to be out of order, because a worker's clock timed it and not the registry's. */
const CLOCK_TOLERANCE_MS = 60_000;

/** Findings on what a certificate says, judged by itself. None means that it is complete and does not contradict itself. */
export function checkCertificate(certificate: RemovalCertificate): CertificateFinding[] {
  return [
    ...checkStory(certificate),
    ...certificate.resources.flatMap((resource, index) => checkResource(certificate, resource, index)),
    ...certificate.keys.flatMap((key, index) => checkKey(certificate, key, index)),
    ...checkWhatStays(certificate),
  ];
}

/** The removal as a whole: requested, announced, begun, completed. */
function checkStory({ requested, announced, began, completed }: RemovalCertificate): CertificateFinding[] {
  const findings: CertificateFinding[] = [];
  if (isAfter(requested.at, began)) findings.push(disorder('/began', began, 'the request', requested.at));
  if (isAfter(began, completed)) findings.push(disorder('/completed', completed, 'the beginning', began));
  if (!announced) return findings;
  if (isAfter(requested.at, announced.at, CLOCK_TOLERANCE_MS))
    findings.push(disorder('/announced/at', announced.at, 'the request', requested.at));
  if (isAfter(announced.at, began, CLOCK_TOLERANCE_MS))
    findings.push(disorder('/began', began, 'the announcement', announced.at));
  return findings;
}

type Resource = RemovalCertificate['resources'][number];

/** Each removed thing: its provider was asked after the removal, and did not show it any more. */
function checkResource(
  { began, completed, keys }: RemovalCertificate,
  { kind, removedAt, deletesAt, asked }: Resource,
  index: number,
): CertificateFinding[] {
  const at = `/resources/${index}`;
  const findings: CertificateFinding[] = [];
  if (isAfter(removedAt, completed))
    findings.push(disorder('/completed', completed, `the removal of ${at}`, removedAt));
  for (const [n, answer] of asked.entries()) {
    const field = `${at}/asked/${n}/at`;
    if (isAfter(removedAt, answer.at)) findings.push(disorder(field, answer.at, 'the removal', removedAt));
    if (isAfter(began, answer.at)) findings.push(disorder(field, answer.at, 'the beginning', began));
    if (isAfter(answer.at, completed))
      findings.push(disorder('/completed', completed, `the answer ${field}`, answer.at));
    if (isStanding(answer))
      findings.push({
        problem: 'not-removed',
        field: `${at}/asked/${n}/answer`,
        message: `${answer.who} answered that the ${kind} is ${answer.answer}.`,
      });
  }
  const confirmed = deletesAt === null ? ['absent'] : ['scheduled', 'absent'];
  if (!asked.some(({ answer }) => confirmed.includes(answer)))
    findings.push({
      problem: 'not-removed',
      field: `${at}/asked`,
      message: `No provider answered that the ${kind} is ${confirmed.join(' or ')}.`,
    });
  if (deletesAt === null) return findings;
  if (!keys.some((key) => key.key === 'own-key' && key.deletesAt === deletesAt))
    findings.push({
      problem: 'unnamed',
      field: `${at}/deletesAt`,
      message: `The ${kind} is deleted by its provider on ${deletesAt}, and no key has that date.`,
    });
  return findings;
}

type Key = RemovalCertificate['keys'][number];

/** Each key: destroyed by the end of the removal, or scheduled for deletion by its provider. */
function checkKey(
  { completed }: RemovalCertificate,
  { key, destroyedAt, deletesAt }: Key,
  index: number,
): CertificateFinding[] {
  const field = `/keys/${index}`;
  if (destroyedAt === null && (deletesAt === null || key === 'data-key'))
    return [{ problem: 'not-removed', field: `${field}/destroyedAt`, message: `The ${key} is not destroyed.` }];
  if (destroyedAt !== null && isAfter(destroyedAt, completed))
    return [disorder(`${field}/destroyedAt`, destroyedAt, 'the end', completed, 'is after')];
  return [];
}

/** Everything that stays is named, in the headline too, and with a reason. */
function checkWhatStays(certificate: RemovalCertificate): CertificateFinding[] {
  const { accepted, completed, headline, requested, resources, retained } = certificate;
  const findings: CertificateFinding[] = [];
  if (headline !== headlineOf(certificate))
    findings.push({
      problem: 'unnamed',
      field: '/headline',
      message: `The headline does not say what the certificate says: “${headlineOf(certificate)}”`,
    });
  for (const [index, { at, kind, name, provider, region, reason, by }] of accepted.entries()) {
    const field = `/accepted/${index}`;
    if (isAfter(requested.at, at)) findings.push(disorder(`${field}/at`, at, 'the request', requested.at));
    if (isAfter(at, completed)) findings.push(disorder('/completed', completed, `the acceptance of ${field}`, at));
    if (by === '' || reason === '')
      findings.push({
        problem: 'unnamed',
        field: `${field}/${by === '' ? 'by' : 'reason'}`,
        message: `It is not said ${by === '' ? 'who accepted' : 'why'} the ${kind} ${by === '' ? '' : 'was accepted '}as a leftover.`,
      });
    const both = resources.findIndex(
      (one) => one.kind === kind && one.name === name && one.provider === provider && one.region === region,
    );
    if (both !== -1)
      findings.push({
        problem: 'unnamed',
        field: `/resources/${both}`,
        message: `The ${kind} ${name} is said to be removed and to be accepted as a leftover.`,
      });
  }
  if (!retained.some(({ what }) => what === AUDIT_TRAIL))
    findings.push({
      problem: 'unnamed',
      field: '/retained',
      message: 'The audit trail stays, and is not named among what stays.',
    });
  for (const [index, { what, until }] of retained.entries())
    if (until !== null && !isAfter(until, completed))
      findings.push({
        problem: 'unnamed',
        field: `/retained/${index}/until`,
        message: `The ${what} was to stay until ${until}, which was before the end of the removal.`,
      });
  return findings;
}

function isStanding({ answer }: RemovalAnswer): boolean {
  return answer === 'present' || answer === 'foreign';
}

function isAfter(time: string, than: string, toleranceMs = 0): boolean {
  return Date.parse(time) > Date.parse(than) + toleranceMs;
}

function disorder(field: string, time: string, of: string, other: string, relation = 'is before'): CertificateFinding {
  return { problem: 'disorder', field, message: `${time} ${relation} ${of} (${other}).` };
}
