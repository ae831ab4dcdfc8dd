import { printable } from '../printable';
import type { CertificateResult } from './verify';

/** The result of a check as text for people. */
export function reportOf({ verdict, certificate, checked, findings, notes }: CertificateResult): string {
  const lines = [
    `${verdict.toUpperCase()}${certificate ? `: ${certificate.certificateId}` : ''}`,
    ...(certificate && verdict === 'valid' ? [certificate.headline, ...whatStays(certificate)] : []),
    ...checked.map((what) => `checked: ${what}`),
    ...findings.map(
      ({ problem, field, message }) => `FOUND ${problem}${field === '' ? '' : ` at ${field}`}: ${message}`,
    ),
    ...notes.map((note) => `note: ${note}`),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

function whatStays({ accepted, retained }: NonNullable<CertificateResult['certificate']>): string[] {
  return [
    ...accepted.map(({ kind, name, by, at, reason }) => `accepted: ${kind} ${name}, by ${by} at ${at}: “${reason}”`),
    ...retained.map(
      ({ what, where, why, until, readable }) =>
        `stays: ${what}; ${where}; ${why}; ${until === null ? 'no end' : `until ${until}`}; readable: ${readable === false ? 'no' : readable}`,
    ),
  ];
}
