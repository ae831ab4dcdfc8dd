import { auditLine, type AuditRecord } from '../../contract/audit';
import type { AuditFinding } from '../../contract/audit-check';
import { isSignedHead, type SignedHead } from '../../contract/audit-head';

/** What a file holds. */
export interface TrailFile {
  records: AuditRecord[];
  /** Signed heads that lie among the entries. */
  heads: SignedHead[];
  /** Lines that are neither, or are not written the one way there is. */
  findings: AuditFinding[];
}

const HASH = /^[0-9a-f]{64}$/;
const LINE_FEED = 0x0a;

/**
 * Reads an exported trail line by line. A line must be canonical JSON: then no byte of it can be another without the entry being another.
 * Never throws: what cannot be read is a finding.
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
    } else malformed(0, 'is no entry of an audit trail and no signed head.');
  }
  return file;
}

/** Without the empty one behind the last line break. */
function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let begin = 0;
  for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, begin)) {
    lines.push(bytes.subarray(begin, end));
    begin = end + 1;
  }
  return begin === bytes.length ? lines : [...lines, bytes.subarray(begin)];
}

/** `exact`: the line is the canonical JSON of its value. Not UTF-8, not JSON or nested too deep: no value. */
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
