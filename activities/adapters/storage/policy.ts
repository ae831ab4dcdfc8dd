/** What a tenant may do to its objects at any time. */
const OBJECT_ACTIONS = [
  's3:AbortMultipartUpload',
  's3:DeleteObject',
  's3:DeleteObjectTagging',
  's3:DeleteObjectVersion',
  's3:GetObject',
  's3:GetObjectTagging',
  's3:GetObjectVersion',
  's3:ListMultipartUploadParts',
];

/** What it may do as long as it is within its quota. Uploads in parts and copies are `s3:PutObject`, too. */
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

/** What a bucket's policy depends on besides its tenant. */
export interface PolicyOptions {
  /** Nobody may come without TLS; a server on a plain address could then not be reached at all. */
  tlsOnly: boolean;
  /** Objects can be encrypted under this key only: a request that names another way is refused. */
  kmsKeyArn?: string | undefined;
  /** The tenant is above its quota: it may read and delete, but not write. */
  readOnly?: boolean | undefined;
}

/**
 * The policy of a tenant's bucket: its objects for `principal` and nobody else; nothing of the bucket's own settings, so that a tenant
 * cannot open it. Denials have conditions, so a store that overlooks those must be given none.
 */
export function tenantPolicy(
  bucket: string,
  principal: string,
  { tlsOnly, kmsKeyArn, readOnly = false }: PolicyOptions,
): Policy {
  const arn = `arn:aws:s3:::${bucket}`;
  const tenant = { Effect: 'Allow', Principal: { AWS: [principal] } };
  const denyAll = { Effect: 'Deny', Principal: '*' };
  const statements: Statement[] = [
    { Sid: 'TenantBucket', ...tenant, Action: BUCKET_ACTIONS, Resource: [arn] },
    {
      Sid: 'TenantObjects',
      ...tenant,
      Action: readOnly ? OBJECT_ACTIONS : [...OBJECT_ACTIONS, ...WRITE_ACTIONS],
      // Versity asks a deletion of many objects of the bucket itself; AWS overlooks the first one here.
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
        // A request without the header is encrypted as the bucket says. One with it has to name the key outright: `aws:kms` without
        // one means a key of AWS's own, and a key that is not named does not equal any.
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
  return { Version: '2012-10-17', Statement: statements };
}

/** Whether a stored policy says the same; stores may sort lists and write a list of one as its element. */
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
