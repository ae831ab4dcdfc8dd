import { GetUserCommand, IAMClient } from '@aws-sdk/client-iam';
import type { StorageSettings } from '../../../../config/regions';
import { dashName } from '../../../../contract/ids';
import { CLIENT_LIMITS } from '../../../aws-client-limits';
import { required, unlessCode } from '../errors';
import { s3Client } from '../s3-client';
import type { Store } from '../store';
import { awsBucketSettings } from './bucket-settings';
import { AWS_CAPABILITIES } from './capabilities';

/** A region of AWS: S3 there, and the account's IAM. */
export interface AwsStore extends Store {
  readonly iam: IAMClient;
}

/** The store of a region whose settings say `aws`. */
export function awsStore(region: string, settings: StorageSettings): AwsStore {
  const s3 = s3Client(settings);
  const iam = new IAMClient({
    ...CLIENT_LIMITS,
    region: settings.region,
    ...(settings.iamEndpoint === undefined ? {} : { endpoint: settings.iamEndpoint }),
    credentials: { accessKeyId: settings.accessKeyId, secretAccessKey: settings.secretAccessKey },
  });
  return {
    region,
    settings,
    s3,
    iam,
    capabilities: AWS_CAPABILITIES,
    eventuallyConsistent: true,
    async principal(tenantId, abortSignal) {
      const answer = await unlessCode(
        iam.send(new GetUserCommand({ UserName: dashName(tenantId) }), { abortSignal }),
        'NoSuchEntity',
      );
      return answer && required(answer.User?.Arn, 'the user');
    },
    ownSettings: (context) => awsBucketSettings(s3, context),
    close: () => {
      s3.destroy();
      iam.destroy();
    },
  };
}
