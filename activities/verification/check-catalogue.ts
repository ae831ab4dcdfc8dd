import type { ProvisioningTemplate } from '../../templates/template';

/** The activities of step 9. */
export const VERIFY_ACTIVITIES = ['verifyRegion', 'verifyGlobal'] as const;

/** One of {@link VERIFY_ACTIVITIES}. */
export type VerifyActivity = (typeof VERIFY_ACTIVITIES)[number];

/** Checks that are asked together. A check that an adapter gains or loses must be added or removed here, too; tests compare the two. */
interface CheckSet {
  askedIn: VerifyActivity;
  /** Whether the checks apply to tenants of this template. */
  concerns(template: ProvisioningTemplate): boolean;
  /** Ids; an id that ends in a star stands for one or more checks that begin with it. */
  checks: readonly string[];
}

const named = (prefix: string, ...names: string[]): string[] => names.map((name) => `${prefix}.${name}`);

const isolated =
  (...isolations: string[]) =>
  ({ resources }: ProvisioningTemplate): boolean =>
    isolations.includes(resources.database.isolation);
const always = (): boolean => true;
const hasNamespace = ({ resources }: ProvisioningTemplate): boolean => resources.compute.model === 'namespace';

const VERBS = ['read', 'list', 'write', 'delete'];
const INTRUSIONS = ['tenant-at-probe', 'probe-at-tenant', 'anonymous'];
const APART = ['own', 'read', 'change', 'delete', 'insert', 'give'];

const SETS: readonly CheckSet[] = [
  {
    askedIn: 'verifyRegion',
    concerns: always,
    checks: [
      ...named('database', 'login', 'write-read', 'row-security', 'not-owner', 'no-drop', 'no-public-ddl', 'not-in-*'),
      ...named('database', 'attributes', 'owns-nothing', 'no-other-role', 'no-other-database'),
      ...named(
        'database',
        'policies',
        'touched',
        'privileges',
        'owner',
        'views',
        'functions-closed',
        'functions-pinned',
      ),
      ...named('database', 'closed', 'no-public'),
      ...named('storage', 'write', 'read', 'list', 'delete'),
      ...INTRUSIONS.flatMap((who) => VERBS.map((verb) => `storage.${who}.${verb}`)),
      ...named('residency', 'region', 'keys', 'database', 'bucket', 'vault'),
      ...named('transport', 'database', 'storage'),
    ],
  },
  {
    askedIn: 'verifyRegion',
    concerns: isolated('pooled'),
    checks: [
      ...named('database', 'unset', 'reused', 'no-partition', 'no-truncate', 'no-tenant', 'keys'),
      ...['probe', 'from-probe'].flatMap((who) => APART.map((what) => `database.${who}-${what}`)),
    ],
  },
  {
    askedIn: 'verifyRegion',
    concerns: isolated('schema', 'database'),
    checks: [
      ...named('database', 'wrong-password', 'no-own-ddl', 'no-policy-off', 'no-schema', 'probe-login', 'from-probe'),
      ...named('database', 'limits', 'readonly-limits', 'readonly-privileges', 'readonly-reads', 'readonly-writes-not'),
    ],
  },
  {
    askedIn: 'verifyRegion',
    concerns: ({ resources }) => resources.database.auditTrail === true,
    checks: [
      ...named('database', 'audit-trail', 'audit-everywhere', 'audit-policies', 'audit-add', 'audit-change'),
      ...named('database', 'audit-delete', 'audit-numbers', 'audit-empty', 'audit-off'),
    ],
  },
  { askedIn: 'verifyRegion', concerns: isolated('schema'), checks: named('database', 'not-probe') },
  {
    askedIn: 'verifyRegion',
    concerns: hasNamespace,
    checks: [
      ...named('compute', 'own-namespace', 'kube-system', 'everywhere', 'other-tenant', 'from-other-tenant'),
      ...named('compute', 'fixed-quota', 'fixed-network', 'fixed-rights', 'pod', 'pod-security', 'quota'),
      ...named('compute', 'network-policy'),
      ...named('residency', 'namespace'),
    ],
  },
  {
    askedIn: 'verifyRegion',
    concerns: ({ monitoring }) => monitoring !== undefined,
    checks: named(
      'monitoring',
      ...['written-read', 'own-label', 'at-probe', 'from-probe', 'anonymous', 'alerts', 'retention'],
    ),
  },
  {
    askedIn: 'verifyGlobal',
    concerns: always,
    checks: [
      ...named('identity', 'admin', 'password', 'wrong-password', 'organization', 'members', 'probe', 'groups'),
      ...named('identity', 'roles', 'token-tenant'),
    ],
  },
];

/** Every check of step 9. */
export const KNOWN_CHECKS: readonly string[] = SETS.flatMap(({ checks }) => checks);

/** The checks that an activity must ask about a tenant of this template. */
export function checksOf(template: ProvisioningTemplate, activity: VerifyActivity): string[] {
  return SETS.filter(({ askedIn, concerns }) => askedIn === activity && concerns(template)).flatMap(
    ({ checks }) => checks,
  );
}
