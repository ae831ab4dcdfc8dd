import type { Policy } from '../../../../providers/storage/bucket/policy';

/** A request as AWS's policy rules see it. */
export interface S3Request {
  principal: string;
  action: string;
  bucket: string;
  key: string;
  tls: boolean;
  /** For the bucket instead of an object; Versity evaluates the deletion of many objects like this. */
  onBucketItself?: boolean;
  /** Headers `x-amz-server-side-encryption`, `…-aws-kms-key-id` and `…-customer-algorithm`. */
  encryption?: string;
  kmsKey?: string;
  customerKey?: string;
}

/** Outcome of a policy for a request; `not allowed` means that no statement applies. */
export type Verdict = 'allowed' | 'denied' | 'not allowed';

type Statement = Record<string, unknown>;

/**
 * Evaluates a bucket policy as AWS does, for the elements that ours use, following
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html. It is written from the rules and not from our
 * policy, so that it can disagree. Throws for an unknown operator.
 */
export function verdict(policy: Policy, request: S3Request): Verdict {
  const matching = policy.Statement.filter((statement) => matches(statement, request));
  if (matching.some(({ Effect }) => Effect === 'Deny')) return 'denied';
  return matching.some(({ Effect }) => Effect === 'Allow') ? 'allowed' : 'not allowed';
}

/** Every action that some statement allows. */
export function actionsOf(policy: Policy): string[] {
  return policy.Statement.filter(({ Effect }) => Effect === 'Allow').flatMap((statement) =>
    listOf(statement['Action']),
  );
}

function matches(statement: Statement, request: S3Request): boolean {
  const { Principal, Action, Resource, Condition = {} } = statement;
  const principals = typeof Principal === 'object' ? listOf((Principal as Statement)['AWS']) : listOf(Principal);
  const bucket = `arn:aws:s3:::${request.bucket}`;
  const resources = isAboutBucket(request) ? [bucket] : [`${bucket}/${request.key}`];
  return (
    principals.some((principal) => principal === '*' || principal === request.principal) &&
    listOf(Action).some((pattern) => isLike(pattern, request.action)) &&
    listOf(Resource).some((pattern) => resources.some((resource) => isLike(pattern, resource))) &&
    Object.entries(Condition as Statement).every(([operator, keys]) =>
      Object.entries(keys as Statement).every(([key, values]) =>
        holds(operator, contextOf(request)[key], listOf(values)),
      ),
    )
  );
}

function isAboutBucket({ action, onBucketItself }: S3Request): boolean {
  return onBucketItself ?? (/Bucket/.test(action) && !/Object/.test(action));
}

function contextOf({ tls, encryption, kmsKey, customerKey }: S3Request): Record<string, string | undefined> {
  return {
    'aws:SecureTransport': String(tls),
    's3:x-amz-server-side-encryption': encryption,
    's3:x-amz-server-side-encryption-aws-kms-key-id': kmsKey,
    's3:x-amz-server-side-encryption-customer-algorithm': customerKey,
  };
}

function holds(operator: string, given: string | undefined, values: string[]): boolean {
  switch (operator) {
    case 'Null':
      return values.includes(String(given === undefined));
    case 'Bool':
      return given !== undefined && values.includes(given);
    // A missing key is not equal to anything.
    case 'StringNotEquals':
      return given === undefined || !values.includes(given);
    default:
      throw new Error(`The model does not know ${operator}.`);
  }
}

function isLike(pattern: string, text: string): boolean {
  const source = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${source.join('.*')}$`, 's').test(text);
}

function listOf(value: unknown): string[] {
  return [value].flat() as string[];
}
