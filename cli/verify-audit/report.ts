import type { VerificationResult } from './verify';

/** What came of a check, for people. */
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

/** A forged trail must not be able to write to a terminal what it likes. */
function printable(line: string): string {
  return line.replace(/\p{C}/gu, '\ufffd');
}
