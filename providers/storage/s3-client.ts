import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { StorageSettings } from '../../config/regions';
import { CLIENT_LIMITS } from '../aws/client-limits';
import { withRequestSignals } from '../aws/request-signal';
import { withTracedCalls } from '../aws/traced-client';

/** An access key pair. */
export interface AccessKey {
  accessKeyId: string;
  secretAccessKey: string;
}

/** A client for a region's object store, with the administrator's key by default. Call `destroy()` after use. */
export function s3Client(settings: StorageSettings, key: AccessKey = settings): S3Client {
  return client(settings, { credentials: { accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey } });
}

/** A client that sends unsigned requests, as an anonymous caller would. */
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
    // Other stores use a single host name, with the bucket in the path; AWS expects the bucket in the host name.
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint, forcePathStyle: true }),
    // By default, newer SDK versions add trailing checksums, which not every S3 server can read.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  };
  return withTracedCalls(withRequestSignals(new S3Client({ ...common, ...config })), settings.provider);
}
