import type { Access } from '../../../contract/tenants/access';

/** Actions by which a tenant reads objects. */
const READ_ACTIONS = ['s3:GetObject', 's3:GetObjectTagging', 's3:GetObjectVersion', 's3:ListMultipartUploadParts'];

/** Actions that change objects and free space, so a tenant is allowed them above its quota too. */
const DISCARD_ACTIONS = [
  's3:AbortMultipartUpload',
  's3:DeleteObject',
  's3:DeleteObjectTagging',
  's3:DeleteObjectVersion',
];

/** Actions that a tenant is allowed while within its quota. `s3:PutObject` also covers multipart uploads and copies. */
const WRITE_ACTIONS = ['s3:PutObject', 's3:PutObjectTagging'];

const BUCKET_ACTIONS = [
  's3:GetBucketCORS',
  's3:GetBucketLocation',
  's3:GetBucketVersioning',
  's3:ListBucket',
  's3:ListBucketMultipartUploads',
  's3:ListBucketVersions',
];

type Statement = Record<string, unknown>;

/** A bucket policy, https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html */
export interface Policy {
  Version: '2012-10-17';
  Statement: Statement[];
}

/** Options of {@link tenantPolicy}. */
export interface PolicyOptions {
  /** Refuse every request without TLS. Must be off for a server on a plain HTTP address, which would otherwise refuse all requests. */
  tlsOnly: boolean;
  /** Allow encryption only under this key: refuse a write that names another key or method. */
  kmsKeyArn?: string | undefined;
  /** Set while the tenant is above its quota: it may read and delete, but not write. */
  overQuota?: boolean | undefined;
  /** What the tenant may do at all, whatever else is allowed to it. Default `open`. */
  access?: Access | undefined;
}

/**
 * The policy of a tenant's bucket: only `principal` may use its objects. It may not change the bucket's settings, so that a tenant cannot
 * open its bucket to others. Denials to everybody depend on conditions: a store that ignores conditions would deny all requests, so it must
 * get none of them.
 */
export function tenantPolicy(
  bucket: string,
  principal: string,
  { tlsOnly, kmsKeyArn, overQuota = false, access = 'open' }: PolicyOptions,
): Policy {
  const arn = `arn:aws:s3:::${bucket}`;
  const tenant = { Effect: 'Allow', Principal: { AWS: [principal] } };
  const denyAll = { Effect: 'Deny', Principal: '*' };
  const statements: Statement[] = [
    { Sid: 'TenantBucket', ...tenant, Action: BUCKET_ACTIONS, Resource: [arn] },
    {
      Sid: 'TenantObjects',
      ...tenant,
      Action: [...READ_ACTIONS, ...DISCARD_ACTIONS, ...(overQuota ? [] : WRITE_ACTIONS)],
      // Versity checks a deletion of several objects against the bucket's own ARN; AWS ignores that ARN here.
      Resource: [arn, `${arn}/*`],
    },
  ];
  if (tlsOnly)
    statements.push({
      Sid: 'NotWithoutTls',
      ...denyAll,
      Action: ['s3:*'],
      Resource: [arn, `${arn}/*`],
      Condition: { Bool: { 'aws:SecureTransport': ['false'] } },
    });
  if (kmsKeyArn !== undefined)
    statements.push(
      {
        Sid: 'NotUnderAnotherKey',
        ...denyAll,
        Action: ['s3:PutObject'],
        Resource: [`${arn}/*`],
        // A request without the header gets the bucket's default encryption. One with it must name the tenant's key explicitly:
        // `aws:kms` without a key would use AWS's own key, and StringNotEquals also matches a request that names no key.
        Condition: {
          Null: { 's3:x-amz-server-side-encryption': ['false'] },
          StringNotEquals: { 's3:x-amz-server-side-encryption-aws-kms-key-id': [kmsKeyArn] },
        },
      },
      {
        Sid: 'NotUnderTheCallersKey',
        ...denyAll,
        Action: ['s3:PutObject'],
        Resource: [`${arn}/*`],
        Condition: { Null: { 's3:x-amz-server-side-encryption-customer-algorithm': ['false'] } },
      },
    );
  if (access !== 'open')
    statements.push({
      // A denial outweighs whatever else is allowed, so the rest of the policy stays as it was before the tenant was suspended.
      Sid: access === 'closed' ? 'TenantClosed' : 'TenantReadsOnly',
      ...tenant,
      Effect: 'Deny',
      Action: access === 'closed' ? ['s3:*'] : [...DISCARD_ACTIONS, ...WRITE_ACTIONS],
      Resource: [arn, `${arn}/*`],
    });
  return { Version: '2012-10-17', Statement: statements };
}

/** The KMS key that a stored policy of ours requires; undefined if it requires none, or is no policy of ours. */
export function kmsKeyIn(stored: string | undefined): string | undefined {
  const key = /"(arn:aws[^":]*:kms:[^"]+)"/.exec(stored ?? '');
  return key?.[1];
}

/** Whether a stored policy equals the wanted one. Stores may reorder lists and write a one-element list as its element. */
export function samePolicy(stored: string | undefined, wanted: Policy): boolean {
  if (stored === undefined) return false;
  try {
    return JSON.stringify(normal(JSON.parse(stored))) === JSON.stringify(normal(wanted));
  } catch {
    return false;
  }
}

function normal(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(normal);
    return items.length === 1 ? items[0] : items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [key, normal(inner)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
