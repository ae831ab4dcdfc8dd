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
    'Make the server accept encrypted connections only, and its address in the regions file one of those.',
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
