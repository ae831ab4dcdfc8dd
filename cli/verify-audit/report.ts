import { printable } from '../printable';
import type { VerificationResult } from './verify';

/** The result of a check as text for people. */
export function reportOf({ verdict, tenantId, entries, last, heads, findings, notes }: VerificationResult): string {
  const count = entries === 1 ? '1 entry' : `${entries} entries`;
  const lines = [
    `${verdict.toUpperCase()}: ${count}${tenantId === undefined ? '' : ` of ${tenantId}`}`,
    ...(last ? [`last: entry ${last.sequence}, ${last.hash}`] : []),
    ...heads.map(({ sequence, from, signature }) => `head: entry ${sequence} (${from}), signature ${signature}`),
    ...findings.map(({ problem, message }) => `FOUND ${problem}: ${message}`),
    ...notes.map((note) => `note: ${note}`),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}
