import { auditLine, type AuditRecord } from '../../contract/audit/chain';
import type { AuditFinding } from '../../contract/audit/check-chain';
import { isSignedHead, type SignedHead } from '../../contract/audit/head';

/** The content of an exported file. */
export interface TrailFile {
  records: AuditRecord[];
  /** Signed heads among the entries. */
  heads: SignedHead[];
  /** Lines that are neither an entry nor a head, or that are not canonical JSON. */
  findings: AuditFinding[];
}

const HASH = /^[0-9a-f]{64}$/;
const LINE_FEED = 0x0a;

/**
 * Reads an exported trail line by line. A line must be canonical JSON, so that changing any byte of it changes the entry. Never throws: a
 * line that cannot be read is a finding.
 */
export function readTrailFile(bytes: Uint8Array): TrailFile {
  const file: TrailFile = { records: [], heads: [], findings: [] };
  for (const [index, line] of linesOf(bytes).entries()) {
    const { value, exact } = parse(line);
    const malformed = (sequence: number, why: string): void =>
      void file.findings.push({ problem: 'malformed', sequence, message: `Line ${index + 1} ${why}` });
    if (isRecord(value)) {
      file.records.push(value);
      if (!exact) malformed(value.sequence, `(entry ${value.sequence}) is not written as it was exported.`);
    } else if (isSignedHead(value)) {
      file.heads.push(value);
      if (!exact) malformed(0, '(a signed head) is not written as it was exported.');
    } else malformed(0, 'is neither an entry of an audit trail nor a signed head.');
  }
  return file;
}

/** The lines of a file, without the empty one after the last line break. */
function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let begin = 0;
  for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, begin)) {
    lines.push(bytes.subarray(begin, end));
    begin = end + 1;
  }
  return begin === bytes.length ? lines : [...lines, bytes.subarray(begin)];
}

/** `exact`: the line is the canonical JSON of its value. The value is undefined for invalid UTF-8, invalid JSON or excessive nesting. */
function parse(line: Uint8Array): { value: unknown; exact: boolean } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line);
    const value: unknown = JSON.parse(text);
    return { value, exact: typeof value === 'object' && value !== null && auditLine(value) === text };
  } catch {
    return { value: undefined, exact: false };
  }
}

function isRecord(value: unknown): value is AuditRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { tenantId, sequence, at, operationId, actor, action, detail, previousHash, hash, ...rest } = value as Record<
    string,
    unknown
  >;
  return (
    [tenantId, at, actor, action].every((text) => typeof text === 'string') &&
    (operationId === undefined || typeof operationId === 'string') &&
    [previousHash, hash].every((text) => typeof text === 'string' && HASH.test(text)) &&
    Number.isSafeInteger(sequence) &&
    (sequence as number) >= 1 &&
    typeof detail === 'object' &&
    detail !== null &&
    Object.keys(rest).length === 0
  );
}
