import { GetUserCommand, IAMClient } from '@aws-sdk/client-iam';
import type { StorageSettings } from '../../../../config/regions';
import { dashName } from '../../../../contract/ids';
import { CLIENT_LIMITS } from '../../../aws-client-limits';
import { withRequestSignals } from '../../../aws-request-signal';
import { required, unlessCode } from '../errors';
import { s3Client } from '../s3-client';
import type { Store } from '../store';
import { awsBucketSettings } from './bucket-settings';
import { AWS_CAPABILITIES } from './capabilities';
import { admitAccessLogs } from './log-delivery';

/** A region of AWS: S3 there, and the account's IAM. */
export interface AwsStore extends Store {
  readonly iam: IAMClient;
}

/** The store of a region whose settings say `aws`. */
export function awsStore(region: string, settings: StorageSettings): AwsStore {
  const s3 = s3Client(settings);
  const iam = withRequestSignals(
    new IAMClient({
      ...CLIENT_LIMITS,
      region: settings.region,
      ...(settings.iamEndpoint === undefined ? {} : { endpoint: settings.iamEndpoint }),
      credentials: { accessKeyId: settings.accessKeyId, secretAccessKey: settings.secretAccessKey },
    }),
  );
  const store: AwsStore = {
    region,
    settings,
    s3,
    iam,
    capabilities: AWS_CAPABILITIES,
    eventuallyConsistent: true,
    conditions: true,
    listsByFolder: false,
    async principal(tenantId, abortSignal) {
      const answer = await unlessCode(
        iam.send(new GetUserCommand({ UserName: dashName(tenantId) }), { abortSignal }),
        'NoSuchEntity',
      );
      return answer && required(answer.User?.Arn, 'the user');
    },
    ownSettings: (context) => awsBucketSettings(store, context),
    prepareVault: (bucket, signal) => admitAccessLogs(store, bucket, signal),
    close: () => {
      s3.destroy();
      iam.destroy();
    },
  };
  return store;
}
