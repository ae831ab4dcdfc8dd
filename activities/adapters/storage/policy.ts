const OBJECT_ACTIONS = [
  's3:AbortMultipartUpload',
  's3:DeleteObject',
  's3:DeleteObjectTagging',
  's3:DeleteObjectVersion',
  's3:GetObject',
  's3:GetObjectTagging',
  's3:GetObjectVersion',
  's3:ListMultipartUploadParts',
  's3:PutObject',
  's3:PutObjectTagging',
];

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

/**
 * The policy of a tenant's bucket: its objects for `principal` and nobody else; nothing of the bucket's own settings, so that a tenant
 * cannot open it. `tlsOnly` adds that nobody may come without TLS; a server on a plain address could then not be reached at all.
 */
export function tenantPolicy(bucket: string, principal: string, { tlsOnly }: { tlsOnly: boolean }): Policy {
  const arn = `arn:aws:s3:::${bucket}`;
  const statements: Statement[] = [
    {
      Sid: 'TenantBucket',
      Effect: 'Allow',
      Principal: { AWS: [principal] },
      Action: BUCKET_ACTIONS,
      Resource: [arn],
    },
    {
      Sid: 'TenantObjects',
      Effect: 'Allow',
      Principal: { AWS: [principal] },
      Action: OBJECT_ACTIONS,
      // Versity asks a deletion of many objects of the bucket itself; AWS overlooks the first one here.
      Resource: [arn, `${arn}/*`],
    },
  ];
  if (tlsOnly)
    statements.push({
      Sid: 'NotWithoutTls',
      Effect: 'Deny',
      Principal: '*',
      Action: ['s3:*'],
      Resource: [arn, `${arn}/*`],
      Condition: { Bool: { 'aws:SecureTransport': ['false'] } },
    });
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
