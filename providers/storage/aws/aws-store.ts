import type { IAMClient } from '@aws-sdk/client-iam';
import type { Store } from '../store';

/** An AWS region's object store: its S3, and the account's IAM. */
export interface AwsStore extends Store {
  readonly iam: IAMClient;
}
