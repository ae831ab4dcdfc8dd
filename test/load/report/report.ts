import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import pc from 'picocolors';
import { columns } from '../../../stack/quickstart/columns';
import type { Calls } from '../faults/faults';

/** A condition that must hold, and the observed value. */
export interface Check {
  what: string;
  saw: string;
  passed: boolean;
}

/** Median, 95th percentile and maximum. */
export interface Spread {
  p50: number;
  p95: number;
  count: number;
}

/** All results of a run, for docs/figures/load.json. Durations are in seconds unless the name says otherwise. */
export interface Report {
  date: string;
  commit: string;
  machine: { cores: number; processor: string; memoryGiB: number; node: string };
  command: string;
  orders: number;
  seed: number;
  /** From the first order to its last answer. */
  accepted: { orders: number; seconds: number };
  /** From the first order until the last run ended; null when the wait was given up. */
  overSeconds: number | null;
  /** Operations by status, and failed ones by failure type. */
  outcomes: Record<string, number>;
  /** From acceptance to active, by plan. */
  active: Record<string, Spread>;
  reads: { idleP99Ms: number; loadP50Ms: number; loadP99Ms: number; count: number };
  /** Resident memory of a process: before the load, its maximum, and at the end. */
  memoryMiB: Record<'api' | 'worker', { begin: number; peak: number; end: number }>;
  providers: Record<string, Calls>;
  checks: Check[];
}

/** Checkout and machine of a run, without the name of a person, a host or a path. */
export function circumstances(): Pick<Report, 'date' | 'commit' | 'machine'> {
  const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ', changed';
  const processors = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: `${git('rev-parse', '--short=12', 'HEAD')}${changed}`,
    machine: {
      cores: processors.length,
      processor: processors[0]?.model.trim() ?? 'unknown',
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.version,
    },
  };
}

/** The report as readable text. */
export function reportText(report: Report): string {
  const { accepted, overSeconds, outcomes, active, reads, memoryMiB, providers, checks } = report;
  const figures = [
    ['accepted', `${accepted.orders} orders in ${accepted.seconds} s`],
    ['all over after', overSeconds === null ? 'not over, given up' : `${overSeconds} s`],
    ...Object.entries(outcomes).map(([outcome, count]) => [outcome, String(count)]),
    ...Object.entries(active).map(([plan, { p50, p95 }]) => [`${plan} active`, `p50 ${p50} s, p95 ${p95} s`]),
    ['reads', `p50 ${reads.loadP50Ms} ms, p99 ${reads.loadP99Ms} ms; idle p99 ${reads.idleP99Ms} ms`],
    ...Object.entries(memoryMiB).map(([name, { begin, peak, end }]) => [
      `memory of ${name}`,
      `${begin} MiB before, ${peak} MiB at most, ${end} MiB in the end`,
    ]),
    ...Object.entries(providers).map(([name, { made, failed, busiest }]) => [
      name,
      `${made} calls, ${failed} failed; busiest: ${busiest.aSecond} a second, ${busiest.call}`,
    ]),
  ];
  const verdicts = checks.map(({ passed, what, saw }) => [passed ? pc.green('ok') : pc.red('NOT OK'), what, saw]);
  return `${columns(figures)}\n\n${columns(verdicts)}`;
}
