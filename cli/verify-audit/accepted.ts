import { acceptanceOf, checkAccepted, type Acceptance } from '../../contract/audit-acceptance';
import type { AuditRecord } from '../../contract/audit';
import type { AuditFinding } from '../../contract/audit-check';
import type { AuditHead } from '../../contract/audit-head';

/** What a trail says of itself: that operators have accepted it as it was, although it did not extend its newest head. */
export interface AcceptedParts {
  /** What was accepted is not there any more. */
  findings: AuditFinding[];
  /** Who has accepted what, and why. It takes nothing away from what is found: whoever can write the trail can write this, too. */
  notes: string[];
}

/** Reads the acceptances in a trail; `heads` are those it is held against. */
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
  const hash = superseded?.hash ?? 'which nobody known had signed';
  const head = superseded
    ? `It supersedes the head of entry ${superseded.sequence} (${superseded.key}, ${hash})${given ? ', which was given here' : ''}.`
    : 'There was no head then.';
  return `Entry ${sequence} names what was found of the trail as accepted, by ${actor} at ${at}: “${reason}”. It is about the entries up to ${accepted.until}. ${head} Ask them whether that is so.`;
}
