import type { components } from '../../../clients/typescript/generated/api';
import { capital } from '../../../contract/ledger/labels';

/** What to do about a check that does not hold, by what its name begins with. */
const ADVICE: readonly [begin: string, advice: string][] = [
  [
    'baseline.',
    'A rule of the baseline is broken: look for the check that it is about, further down, and put that right.',
  ],
  ['scan.', 'A scanner has found it: read its report under “Scans”, put it right, then scan again.'],
  [
    'database.',
    'Compare the tenant’s logins, privileges and policies with the plan: somebody or something has changed them.',
  ],
  ['storage.', 'Compare the bucket’s policy and settings with the plan: somebody or something has changed them.'],
  [
    'compute.',
    'Compare the namespace’s policies, quotas and roles with the plan: somebody or something has changed them.',
  ],
  ['identity.', 'Compare the tenant’s organization, groups and first admin at the identity provider with the plan.'],
  [
    'monitoring.',
    'Look whether the region’s gateway and its stores run, then compare the tenant’s account and alert rules with the plan.',
  ],
  [
    'residency.',
    'Find out whether the resource or the regions file is at the wrong place. Until then, move nothing by hand.',
  ],
  [
    'transport.',
    'Make the server accept encrypted connections only, and its address in the regions file one of those. The servers that `npm run up` starts on one machine do not encrypt: there, this is expected.',
  ],
];

/** Checks that resuming a suspended tenant repeats. */
const REPEATED = /^(database|storage|compute)\./;

/** What to do about a check that does not hold. */
export function adviceOnCheck(check: string): string {
  const known = ADVICE.find(([begin]) => check.startsWith(begin))?.[1];
  const advice = known ?? 'Find out what has changed at the provider, and put it right.';
  return REPEATED.test(check) ? `${advice} It is asked again when the tenant is suspended and resumed.` : advice;
}

/** What checks are about, by the first part of their names, where that part is not the word that people use. */
const AREAS: Readonly<Record<string, string>> = {
  baseline: 'Baseline rules',
  identity: 'Sign-in',
  residency: 'Where the data is',
  scan: 'Scanners',
  storage: 'Object store',
  transport: 'Connections',
};

/** What a check is about, in words: "Object store" of `storage.anonymous.read`. */
export function areaOf(check: string): string {
  const [first = check] = check.split('.');
  return AREAS[first] ?? capital(first);
}

/** One answer of the evidence. */
export type Answer = components['schemas']['EvidenceEntry'];

/** A check that does not hold, with the baseline rules that are broken only because of it. */
export interface Finding {
  answer: Answer;
  breaks: Answer[];
}

/**
 * What does not hold, each cause once: a rule of the baseline is broken by the answers of checks, and says which, so it is told with the first
 * of them. A rule is a finding of its own if none of its checks is among the answers, for instance because one was not asked.
 */
export function findingsOf(answers: readonly Answer[]): Finding[] {
  const failed = answers.filter(({ passed }) => !passed);
  const isRule = ({ check }: Answer): boolean => check.startsWith('baseline.');
  const findings = failed.filter((each) => !isRule(each)).map((answer): Finding => ({ answer, breaks: [] }));
  const alone: Finding[] = [];
  for (const rule of failed.filter(isRule)) {
    const cause = findings.find(({ answer: { check } }) => rule.answered.includes(`${check} answered: `));
    if (cause && !rule.answered.includes(' was not asked')) cause.breaks.push(rule);
    else alone.push({ answer: rule, breaks: [] });
  }
  return [...findings, ...alone];
}
