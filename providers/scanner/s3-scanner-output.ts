import type { Finding, Severity } from '../../contract/maintenance/scans';

/** Severity of each permission that anonymous users have. */
const SEVERITY_OF: Record<string, Severity> = {
  FullControl: 'critical',
  Write: 'critical',
  WriteACP: 'critical',
  Read: 'high',
  ReadACP: 'medium',
};

const ORDER: Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/**
 * Parses S3Scanner's line about a bucket, such as `t-… | bucket_exists | AuthUsers: [], AllUsers: [Read]`. Returns undefined if there is no
 * such line, so that missing output never passes for a clean bucket. `AuthUsers` is ignored: S3Scanner fills it only when it runs with a
 * key.
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
      claim: 'anonymous users can neither list the bucket nor read its access list',
      severity: ORDER.find((severity) => worst.includes(severity)) ?? 'info',
      seen: permissions.length === 0 ? 'nothing is allowed' : `allowed: ${permissions.join(', ')}`,
    },
  ];
}
