import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { evidenceAskedBy, recordEvidence, type Evidence } from '../registry/evidence';
import type { Check } from './check';

/**
 * Does what finds something out, under a stable name. What all its checks passed earlier in the same activity is not asked again: those
 * answers are returned. Throws what `find` throws when there is no answer.
 */
export type Probe = (name: string, find: () => Promise<Check[]>) => Promise<Check[]>;

/** For tests and single looks: every probe is done. */
export const probeAlways: Probe = (_name, find) => find();

/** Whom the probes of an activity are about. */
export interface Asker {
  tenantId: string;
  operationId: string;
  /** The running activity; the same in all of its attempts. */
  askedBy: string;
}

/** The probes of one attempt. */
export interface Probes {
  /** Probes that one provider answers, in one region or `global`. */
  of(provider: string, region: string): Probe;
  /** Keeps what was answered in this attempt, and returns it; to be called also when the attempt fails. */
  keep(): Promise<Check[]>;
}

/** When an answer is doubted, and how often the question is asked again before it is believed. */
export interface Doubt {
  /** Answers that would end the run. */
  about(check: Check): boolean;
  /** Milliseconds before each further question. */
  pausesMs: readonly number[];
  signal: AbortSignal;
}

const NO_DOUBT: Doubt = { about: () => false, pausesMs: [], signal: AbortSignal.abort() };

/**
 * Probes that remember: an attempt goes on with what has no good answer yet. A finished tenant is asked some forty things, and asking all of
 * them again because one provider stumbled once would take longer the more providers stumble.
 *
 * A doubted answer is asked for again, and the last one counts: a cache or a replica that lags, or an overlapping attempt of our own, can
 * give a wrong answer once.
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
      await recordEvidence(pool, kept);
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

/** Waits for all, so that one without an answer costs the others nothing; then throws the first that had none. */
export async function allChecks(asked: readonly Promise<Check[]>[]): Promise<Check[]> {
  const settled = await Promise.allSettled(asked);
  const silent = settled.find((result) => result.status === 'rejected');
  if (silent) throw silent.reason;
  return settled.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
}

function latest(rows: Evidence[]): Evidence[] {
  return [...new Map(rows.map((row) => [row.check, row])).values()];
}

function checkOf({ check: id, claim, passed, answered }: Evidence): Check {
  return { id, claim, passed, answered };
}
