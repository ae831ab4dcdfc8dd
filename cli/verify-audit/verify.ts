import type { JSONWebKeySet } from 'jose';
import { checkChain, checkHead, type AuditFinding } from '../../contract/audit/check-chain';
import { checkSignature, readHead, type AuditHead, type SignedHead } from '../../contract/audit/head';
import type { AuditRecord } from '../../contract/audit/chain';
import { acceptedParts } from './accepted';
import { readTrailFile } from './read-trail';

/** A trail and the heads and keys against which it is checked. */
export interface Verification {
  /** Content of the exported file. */
  trail: Uint8Array;
  /** Heads in addition to those in the file. */
  heads: readonly SignedHead[];
  keys?: JSONWebKeySet | undefined;
  /** See {@link checkChain}. */
  excerpt?: boolean | undefined;
}

/** A head against which the trail was checked. */
export interface HeldHead extends AuditHead {
  from: 'head file' | 'trail';
  signature: 'valid' | 'invalid' | 'not checked';
}

/** The result of a check. */
export interface VerificationResult {
  verdict: 'holds' | 'does not hold' | 'nothing to check';
  tenantId?: string | undefined;
  entries: number;
  /** Sequence and hash of the last entry, for comparison with another copy of the trail. */
  last?: { sequence: number; hash: string } | undefined;
  heads: HeldHead[];
  findings: AuditFinding[];
  /** Limits of this check, and acceptances that the trail records. */
  notes: string[];
}

/** Checks an exported trail offline. Never throws. */
export async function verifyTrail({ trail, heads, keys, excerpt }: Verification): Promise<VerificationResult> {
  const file = readTrailFile(trail);
  const { records } = file;
  const findings = [...file.findings, ...checkChain(records, { excerpt })];
  const held: HeldHead[] = [];
  const given = [
    ...heads.map((head) => ({ head, from: 'head file' as const })),
    ...file.heads.map((head) => ({ head, from: 'trail' as const })),
  ];
  for (const { head, from } of given) {
    const said = attempt(() => readHead(head));
    const signature = await signatureOf(head, keys);
    if (signature === 'invalid' || !said)
      findings.push({
        problem: 'signature',
        sequence: said?.sequence ?? 0,
        message: `The head ${said ? `of entry ${said.sequence} ` : ''}(${from}) was not signed by any of the given keys.`,
      });
    if (!said) continue;
    held.push({ ...said, from, signature });
    findings.push(...checkHead(said, records, { excerpt }));
  }
  const accepted = acceptedParts(records, held, excerpt ?? false);
  findings.push(...accepted.findings);
  const last = records.reduce<AuditRecord | undefined>((a, b) => (a && a.sequence > b.sequence ? a : b), undefined);
  return {
    verdict: findings.length > 0 ? 'does not hold' : last ? 'holds' : 'nothing to check',
    tenantId: last?.tenantId,
    entries: records.length,
    last: last && { sequence: last.sequence, hash: last.hash },
    heads: held,
    findings,
    notes: [...notesOn(held, keys, last, excerpt), ...accepted.notes],
  };
}

async function signatureOf(head: SignedHead, keys: JSONWebKeySet | undefined): Promise<HeldHead['signature']> {
  if (!keys) return 'not checked';
  return checkSignature(head, keys).then(
    () => 'valid',
    () => 'invalid',
  );
}

function notesOn(
  heads: readonly HeldHead[],
  keys: JSONWebKeySet | undefined,
  last: AuditRecord | undefined,
  excerpt: boolean | undefined,
): string[] {
  const covered = Math.max(0, ...heads.map(({ sequence }) => sequence));
  return [
    ...(excerpt ? ['This is an excerpt: only the whole trail shows that nothing is missing.'] : []),
    ...(heads.some(({ from }) => from === 'head file')
      ? []
      : [
          'No separate head was given: anyone who can rewrite the trail could have rebuilt all of it, or cut off its end.',
        ]),
    ...(heads.length > 0 && !keys ? ['No keys were given: anyone could have made the heads.'] : []),
    ...(last && heads.length > 0 && last.sequence > covered
      ? [`Entries ${covered + 1} to ${last.sequence} are newer than any head.`]
      : []),
  ];
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
