import type { Finding, Severity } from '../../../contract/scans';

/** How bad it is that a stranger has a permission. */
const SEVERITY_OF: Record<string, Severity> = {
  FullControl: 'critical',
  Write: 'critical',
  WriteACP: 'critical',
  Read: 'high',
  ReadACP: 'medium',
};

const ORDER: Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/**
 * What S3Scanner's line about a bucket says, for instance `t-… | bucket_exists | AuthUsers: [], AllUsers: [Read]`; undefined when it has none,
 * so that silence is not taken for a clean bucket. Who has an account (`AuthUsers`) is asked with a key only, and none is given.
 */
export function findingsIn(output: string, bucket: string): Finding[] | undefined {
  const line = output.split('\n').find((each) => each.startsWith(`${bucket} | bucket_exists | `));
  const allowed = /AllUsers: \[([A-Za-z, ]*)\]$/.exec(line?.trim() ?? '')?.[1];
  if (allowed === undefined) return undefined;
  const permissions = allowed.split(', ').filter((permission) => permission !== '');
  const worst = permissions.map((permission) => SEVERITY_OF[permission] ?? 'high');
  return [
    {
      id: 's3.all-users',
      claim: 'without a key nobody lists the bucket or reads its access list',
      severity: ORDER.find((severity) => worst.includes(severity)) ?? 'info',
      seen: permissions.length === 0 ? 'nothing is allowed' : `allowed: ${permissions.join(', ')}`,
    },
  ];
}
