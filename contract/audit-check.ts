import { auditHash, GENESIS, type AuditRecord } from './audit';
import type { AuditHead } from './audit-head';

/**
 * What can be wrong with a trail. `malformed`: a line is no entry, or not written the one way there is; `truncated`: it ends before the head;
 * `foreign`: of another tenant; `signature`: nobody known has signed the head.
 */
export type AuditProblem =
  'malformed' | 'edited' | 'removed' | 'repeated' | 'reordered' | 'rebuilt' | 'truncated' | 'foreign' | 'signature';

/** One thing that is wrong, and where. */
export interface AuditFinding {
  problem: AuditProblem;
  /** Of the entry it is about; 0 where it is about none. */
  sequence: number;
  message: string;
}

/** How a chain is looked at. */
export interface CheckOptions {
  /** Only some entries of a chain are given: gaps, a later beginning and an earlier end are no finding. */
  excerpt?: boolean | undefined;
}

/**
 * What is wrong with a chain, its entries given in the order they were kept in. Nothing: each entry is what its hash says and follows the one
 * before it. That entries were cut off at the end, or all of them made anew, only a head can tell: see {@link checkHead}.
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
    if (tenantId !== records[0]!.tenantId) find('foreign', `Entry ${sequence} is of another tenant than the first.`);
    if (auditHash(previousHash, record) !== record.hash)
      find('edited', `Entry ${sequence} was edited: what it says does not have the hash that stands in it.`);
    const expected = sequence === 1 ? GENESIS : bySequence.get(sequence - 1)?.hash;
    if (expected !== undefined && previousHash !== expected)
      find(
        'rebuilt',
        `Entry ${sequence} does not follow ${sequence - 1 || 'the beginning'}: one of them was made anew.`,
      );
    if (seen.has(sequence)) find('repeated', `Entry ${sequence} is there more than once.`);
    else if (sequence < highest) find('reordered', `Entry ${sequence} stands behind entry ${highest}.`);
    const missing = excerpt ? undefined : firstMissing(highest, sequence, bySequence);
    if (missing !== undefined) find('removed', `Entry ${missing} is missing before entry ${sequence}.`, missing);
    seen.add(sequence);
    highest = Math.max(highest, sequence);
  }
  return findings;
}

/** What is wrong with a chain, going by a head whose signature was checked already. */
export function checkHead(
  head: AuditHead,
  records: readonly AuditRecord[],
  { excerpt = false }: CheckOptions = {},
): AuditFinding[] {
  const { tenantId, sequence, hash } = head;
  const find = (problem: AuditProblem, message: string): AuditFinding[] => [{ problem, sequence, message }];
  const [first] = records;
  if (first && first.tenantId !== tenantId)
    return find('foreign', `The head is of tenant ${tenantId}, the entries are not.`);
  const record = records.find((each) => each.sequence === sequence);
  if (record?.hash === hash) return [];
  if (record)
    return find('rebuilt', `Entry ${sequence} is not the one the head was signed for: the chain was made anew.`);
  const last = Math.max(0, ...records.map((each) => each.sequence));
  if (excerpt) return [];
  // A gap before the end is the chain's own finding.
  if (last > sequence) return [];
  return find('truncated', `The trail ends with entry ${last}; when the head was signed there was entry ${sequence}.`);
}

/** At most one step more than there are entries, whatever a forged sequence says. */
function firstMissing(from: number, to: number, there: ReadonlyMap<number, unknown>): number | undefined {
  for (let sequence = from + 1; sequence < to; sequence += 1) if (!there.has(sequence)) return sequence;
  return undefined;
}
