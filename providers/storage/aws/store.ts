import { GetUserCommand, IAMClient } from '@aws-sdk/client-iam';
import type { StorageSettings } from '../../../config/regions';
import { dashName } from '../../../contract/ids';
import { CLIENT_LIMITS } from '../../aws/client-limits';
import { withRequestSignals } from '../../aws/request-signal';
import { withTracedCalls } from '../../aws/traced-client';
import { required, unlessCode } from '../errors';
import { s3Client } from '../s3-client';
import type { AwsStore } from './aws-store';
import { awsBucketSettings } from './bucket-settings';
import { AWS_CAPABILITIES } from './capabilities';
import { pauseLifecycle } from './lifecycle';
import { admitAccessLogs } from './log-delivery';

/** The store of a region with provider `aws`. */
export function awsStore(region: string, settings: StorageSettings): AwsStore {
  const s3 = s3Client(settings);
  const client = new IAMClient({
    ...CLIENT_LIMITS,
    region: settings.region,
    ...(settings.iamEndpoint === undefined ? {} : { endpoint: settings.iamEndpoint }),
    credentials: { accessKeyId: settings.accessKeyId, secretAccessKey: settings.secretAccessKey },
  });
  const iam = withTracedCalls(withRequestSignals(client), 'aws');
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
    pauseLifecycle: (bucket, paused, signal) => pauseLifecycle(s3, bucket, paused, signal),
    close: () => {
      s3.destroy();
      iam.destroy();
    },
  };
  return store;
}
