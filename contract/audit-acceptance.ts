import { createHash } from 'node:crypto';
import { auditLine, type AuditRecord } from './audit';
import { checkChain, type AuditFinding } from './audit-check';

/** The action of the entry in which an operator accepts a trail as it was found. */
export const FINDING_ACCEPTED = 'audit.finding-accepted';

/** Which head. Its hash is absent where nobody known has signed what lay in the vault. */
export interface HeadName {
  /** Where it lies in the vault. */
  key: string;
  sequence: number;
  hash?: string | undefined;
}

/** The beginning of a chain, whole and as it was. */
export interface ChainPart {
  /** Sequence of its last entry; 0 for none. */
  until: number;
  /** SHA-256, in hexadecimal, of its lines as they are exported, line breaks included. */
  sha256: string;
}

/** An operator's word that a trail goes on from what was found. */
export interface Acceptance {
  /** Of the entry that says so. */
  sequence: number;
  at: string;
  actor: string;
  reason: string;
  /** The newest head in the vault, which the trail did not extend; absent when there was none. */
  superseded?: HeadName | undefined;
  accepted: ChainPart;
}

/** What the entry says, or undefined when it accepts nothing. */
export function acceptanceOf({ sequence, at, actor, action, detail }: AuditRecord): Acceptance | undefined {
  if (action !== FINDING_ACCEPTED) return undefined;
  const { reason, superseded, accepted } = detail;
  if (typeof reason !== 'string' || !isPart(accepted) || !(superseded === undefined || isHeadName(superseded)))
    return undefined;
  return { sequence, at, actor, reason, superseded, accepted };
}

/** The newest acceptance in a trail. */
export function lastAcceptance(records: readonly AuditRecord[]): Acceptance | undefined {
  return records.map(acceptanceOf).findLast((each) => each !== undefined);
}

/** A chain up to an entry, to be compared with what it was at another time. */
export function chainPart(records: readonly AuditRecord[], until: number): ChainPart {
  const sha256 = createHash('sha256');
  for (const record of records) if (record.sequence <= until) sha256.update(`${auditLine(record)}\n`);
  return { until, sha256: sha256.digest('hex') };
}

/** What is wrong with the part of a trail that an acceptance is about: it has to be what it was then. */
export function checkAccepted({ sequence, accepted }: Acceptance, records: readonly AuditRecord[]): AuditFinding[] {
  if (chainPart(records, accepted.until).sha256 === accepted.sha256) return [];
  const message = `The entries up to ${accepted.until} are not what was accepted in entry ${sequence}.`;
  return [{ problem: 'rebuilt', sequence, message }];
}

/** What is wrong with a chain beyond what was accepted in it. */
export function checkSinceAccepted(records: readonly AuditRecord[]): AuditFinding[] {
  const acceptance = lastAcceptance(records);
  if (!acceptance) return checkChain(records);
  const changed = checkAccepted(acceptance, records);
  if (changed.length > 0) return changed;
  const { until } = acceptance.accepted;
  // The last accepted entry is what the next one has to follow.
  const from = records.findLastIndex(({ sequence }) => sequence <= until);
  return checkChain(records.slice(Math.max(from, 0))).filter(({ sequence }) => sequence > until);
}

function isHeadName(value: unknown): value is HeadName {
  const { key, sequence, hash } = (value ?? {}) as Record<string, unknown>;
  return typeof key === 'string' && Number.isSafeInteger(sequence) && (hash === undefined || typeof hash === 'string');
}

function isPart(value: unknown): value is ChainPart {
  const { until, sha256 } = (value ?? {}) as Record<string, unknown>;
  return Number.isSafeInteger(until) && typeof sha256 === 'string';
}
