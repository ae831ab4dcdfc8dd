import { createHash } from 'node:crypto';
import { auditLine, type AuditRecord } from './chain';
import { checkChain, type AuditFinding } from './check-chain';

/** Action of the entry that records an operator's acceptance of a trail as it was found. */
export const FINDING_ACCEPTED = 'audit.finding-accepted';

/** Reference to a head in the vault. */
export interface HeadName {
  /** Key of the object in the vault. */
  key: string;
  sequence: number;
  /** Absent when the object in the vault has no signature by a known key. */
  hash?: string | undefined;
}

/** The entries of a chain from the first to a given one, with their checksum. */
export interface ChainPart {
  /** Sequence of the last entry; 0 for no entries. */
  until: number;
  /** SHA-256, in hexadecimal, of the entries' lines as they are exported, line breaks included. */
  sha256: string;
}

/** An operator's decision that a trail continues from the state in which it was found. */
export interface Acceptance {
  /** Sequence of the entry that records the acceptance. */
  sequence: number;
  at: string;
  actor: string;
  reason: string;
  /** The newest head in the vault, which the trail did not extend; absent when the vault had none. */
  superseded?: HeadName | undefined;
  accepted: ChainPart;
}

/** The acceptance that an entry records, or undefined when it records none. */
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

/** A chain up to an entry, for comparison with the same part at another time. */
export function chainPart(records: readonly AuditRecord[], until: number): ChainPart {
  const sha256 = createHash('sha256');
  for (const record of records) if (record.sequence <= until) sha256.update(`${auditLine(record)}\n`);
  return { until, sha256: sha256.digest('hex') };
}

/** Findings on the accepted part of a trail, which must not have changed since its acceptance. */
export function checkAccepted({ sequence, accepted }: Acceptance, records: readonly AuditRecord[]): AuditFinding[] {
  if (chainPart(records, accepted.until).sha256 === accepted.sha256) return [];
  const message = `The entries up to ${accepted.until} differ from those accepted in entry ${sequence}.`;
  return [{ problem: 'rebuilt', sequence, message }];
}

/** Findings on a chain, without those covered by its newest acceptance. */
export function checkSinceAccepted(records: readonly AuditRecord[]): AuditFinding[] {
  const acceptance = lastAcceptance(records);
  if (!acceptance) return checkChain(records);
  const changed = checkAccepted(acceptance, records);
  if (changed.length > 0) return changed;
  const { until } = acceptance.accepted;
  // The check begins at the last accepted entry, because the one after it must follow that entry's hash.
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
