import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { StorageSettings } from '../../../config/regions';
import { CLIENT_LIMITS } from '../../aws-client-limits';
import { withRequestSignals } from '../../aws-request-signal';

/** An access key pair. */
export interface AccessKey {
  accessKeyId: string;
  secretAccessKey: string;
}

/** A client of a region's object store; with the administrator's key unless another one is given. `destroy()` it in the end. */
export function s3Client(settings: StorageSettings, key: AccessKey = settings): S3Client {
  return client(settings, { credentials: { accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey } });
}

/** A client that signs nothing: what a stranger on the network sees. */
export function anonymousClient(settings: StorageSettings): S3Client {
  return client(settings, {
    credentials: { accessKeyId: 'anonymous', secretAccessKey: 'anonymous' },
    signer: { sign: (request) => Promise.resolve(request) },
  });
}

function client(settings: StorageSettings, config: S3ClientConfig): S3Client {
  const common: S3ClientConfig = {
    ...CLIENT_LIMITS,
    region: settings.region,
    // Other stores answer under one host name; AWS wants the bucket in it.
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint, forcePathStyle: true }),
    // The SDK's newer default adds trailing checksums that not every S3 server reads.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  };
  return withRequestSignals(new S3Client({ ...common, ...config }));
}
