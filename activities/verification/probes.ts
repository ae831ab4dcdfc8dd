import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { transaction } from '../../registry/database';
import { evidenceAskedBy, recordEvidence, type Evidence } from '../../registry/evidence/evidence';
import type { Check } from '../../providers/port/check';
import type { Probe } from '../../providers/port/probe';

/** The tenant that probes are about, and the activity that asks. */
export interface Asker {
  tenantId: string;
  operationId: string;
  /** The running activity; the same in all of its attempts. */
  askedBy: string;
}

/** The probes of one attempt of an activity. */
export interface Probes {
  /** Probes that one provider answers, in one region or `global`. */
  of(provider: string, region: string): Probe;
  /** Records the answers of this attempt and returns them. To be called even when the attempt fails. */
  keep(): Promise<Check[]>;
}

/** Which answers are doubted, and how often a question is repeated before its answer is believed. */
export interface Doubt {
  /** Whether to doubt an answer: true for those that would end the run. */
  about(check: Check): boolean;
  /** Milliseconds before each repetition. */
  pausesMs: readonly number[];
  signal: AbortSignal;
}

const NO_DOUBT: Doubt = { about: () => false, pausesMs: [], signal: AbortSignal.abort() };

/**
 * Probes that remember good answers, so that a retry only asks what has none yet. A finished tenant is asked some forty questions;
 * repeating all of them because one provider stumbled once would take longer the more providers stumble.
 *
 * A question with a doubted answer is repeated, and the last answer counts: a cache or a replica that lags, or an overlapping attempt of
 * our own, can give a wrong answer once.
 */
export async function rememberingProbes(pool: pg.Pool, asker: Asker, doubt: Doubt = NO_DOUBT): Promise<Probes> {
  const before = await evidenceAskedBy(pool, asker.tenantId, asker.askedBy);
  const answers: Evidence[] = [];
  return {
    of: (provider, region) => async (probe, find) => {
      const known = latest(before.filter((row) => row.probe === probe));
      if (known.length > 0 && known.every(({ passed }) => passed)) return known.map(checkOf);
      const checks = await askUntilBelieved(find, doubt);
      const at = new Date();
      for (const { id: check, claim, passed, answered } of checks)
        answers.push({ ...asker, probe, check, claim, passed, provider, region, answered, at });
      return checks;
    },
    async keep() {
      const kept = answers.splice(0);
      await transaction(pool, (client) => recordEvidence(client, kept));
      return kept.map(checkOf);
    },
  };
}

async function askUntilBelieved(find: () => Promise<Check[]>, { about, pausesMs, signal }: Doubt): Promise<Check[]> {
  let checks = await find();
  for (const ms of pausesMs) {
    if (!checks.some(about)) break;
    await sleep(ms, undefined, { signal });
    checks = await find();
  }
  return checks;
}

function latest(rows: Evidence[]): Evidence[] {
  return [...new Map(rows.map((row) => [row.check, row])).values()];
}

function checkOf({ check: id, claim, passed, answered }: Evidence): Check {
  return { id, claim, passed, answered };
}
