import { auditHash, GENESIS, type AuditRecord } from './chain';
import type { AuditHead } from './head';

/**
 * The problems a trail can have. `malformed`: a line is not a canonical entry; `truncated`: the trail ends before the head's entry;
 * `foreign`: an entry or the head belongs to another tenant; `signature`: no known key has signed the head.
 */
export type AuditProblem =
  'malformed' | 'edited' | 'removed' | 'repeated' | 'reordered' | 'rebuilt' | 'truncated' | 'foreign' | 'signature';

/** One problem of a trail and its place. */
export interface AuditFinding {
  problem: AuditProblem;
  /** Sequence of the entry concerned; 0 when no entry is. */
  sequence: number;
  message: string;
}

/** Options for checking a chain. */
export interface CheckOptions {
  /** The entries are an excerpt of the chain: gaps, a later first entry and an earlier last entry are not findings. */
  excerpt?: boolean | undefined;
}

/**
 * Findings on a chain, whose entries are given in stored order. None means that each entry matches its hash and follows the one before it.
 * Only a head reveals that entries were cut off at the end or that the whole chain was rebuilt: see {@link checkHead}.
 */
export function checkChain(records: readonly AuditRecord[], { excerpt = false }: CheckOptions = {}): AuditFinding[] {
  const findings: AuditFinding[] = [];
  const bySequence = new Map(records.map((record) => [record.sequence, record]));
  const seen = new Set<number>();
  let highest = 0;
  for (const record of records) {
    const { sequence, tenantId, previousHash } = record;
    const find = (problem: AuditProblem, message: string, about = sequence): void =>
      void findings.push({ problem, sequence: about, message });
    if (tenantId !== records[0]!.tenantId)
      find('foreign', `Entry ${sequence} belongs to another tenant than the first entry.`);
    if (auditHash(previousHash, record) !== record.hash)
      find('edited', `Entry ${sequence} was edited: its content does not match the hash in it.`);
    const expected = sequence === 1 ? GENESIS : bySequence.get(sequence - 1)?.hash;
    if (expected !== undefined && previousHash !== expected)
      find(
        'rebuilt',
        `Entry ${sequence} does not follow ${sequence - 1 || 'the beginning'}: one of them was rewritten.`,
      );
    if (seen.has(sequence)) find('repeated', `Entry ${sequence} occurs more than once.`);
    else if (sequence < highest) find('reordered', `Entry ${sequence} comes after entry ${highest}.`);
    const missing = excerpt ? undefined : firstMissing(highest, sequence, bySequence);
    if (missing !== undefined) find('removed', `Entry ${missing} is missing before entry ${sequence}.`, missing);
    seen.add(sequence);
    highest = Math.max(highest, sequence);
  }
  return findings;
}

/** Findings on a chain that a head reveals. The caller has already checked the head's signature. */
export function checkHead(
  head: AuditHead,
  records: readonly AuditRecord[],
  { excerpt = false }: CheckOptions = {},
): AuditFinding[] {
  const { tenantId, sequence, hash } = head;
  const find = (problem: AuditProblem, message: string): AuditFinding[] => [{ problem, sequence, message }];
  const [first] = records;
  if (first && first.tenantId !== tenantId)
    return find('foreign', `The head belongs to tenant ${tenantId}, the entries belong to another.`);
  const record = records.find((each) => each.sequence === sequence);
  if (record?.hash === hash) return [];
  if (record)
    return find('rebuilt', `Entry ${sequence} is not the one the head was signed for: the chain was rebuilt.`);
  const last = Math.max(0, ...records.map((each) => each.sequence));
  if (excerpt) return [];
  // The head's entry is missing from the middle, which checkChain reports as a gap.
  if (last > sequence) return [];
  return find('truncated', `The trail ends with entry ${last}; when the head was signed there was entry ${sequence}.`);
}

/** The first sequence missing between two. It tries at most one sequence more than there are entries, so a forged one cannot stall it. */
function firstMissing(from: number, to: number, there: ReadonlyMap<number, unknown>): number | undefined {
  for (let sequence = from + 1; sequence < to; sequence += 1) if (!there.has(sequence)) return sequence;
  return undefined;
}
