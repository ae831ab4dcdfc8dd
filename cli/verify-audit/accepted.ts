import { acceptanceOf, checkAccepted, type Acceptance } from '../../contract/audit/acceptance';
import type { AuditRecord } from '../../contract/audit/chain';
import type { AuditFinding } from '../../contract/audit/check-chain';
import type { AuditHead } from '../../contract/audit/head';

/** The acceptances recorded in a trail: operators accepted it as it was, although it did not extend its newest head. */
export interface AcceptedParts {
  /** Accepted entries that have changed since. */
  findings: AuditFinding[];
  /** Who accepted what, and why. Notes never cancel findings, because anyone who can forge the trail can forge an acceptance. */
  notes: string[];
}

/** Reads the acceptances in a trail. `heads` are the heads against which the trail is checked. */
export function acceptedParts(
  records: readonly AuditRecord[],
  heads: readonly AuditHead[],
  excerpt: boolean,
): AcceptedParts {
  const acceptances = records.map(acceptanceOf).filter((each) => each !== undefined);
  return {
    findings: excerpt ? [] : acceptances.flatMap((each) => checkAccepted(each, records)),
    notes: acceptances.map((each) => noteOn(each, heads)),
  };
}

function noteOn(acceptance: Acceptance, heads: readonly AuditHead[]): string {
  const { sequence, at, actor, reason, superseded, accepted } = acceptance;
  const given = superseded !== undefined && heads.some((head) => head.hash === superseded.hash);
  const hash = superseded?.hash ?? 'not signed by a known key';
  const head = superseded
    ? `It supersedes the head of entry ${superseded.sequence} (${superseded.key}, ${hash})${given ? ', which was given here' : ''}.`
    : 'There was no head at that time.';
  return `Entry ${sequence} says that ${actor} accepted the trail at ${at}: “${reason}”. The acceptance covers the entries up to ${accepted.until}. ${head} Ask the operator to confirm it.`;
}
