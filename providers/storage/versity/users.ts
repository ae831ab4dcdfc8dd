import { XmlNode } from '@aws-sdk/xml-builder';
import type { StorageSettings } from '../../../config/regions';
import { codeOf, required } from '../errors';
import type { AccessKey } from '../s3-client';
import { sendSigned } from './signed-request';

/** Manages the users of a Versity server through its admin API (s3api/admin-router.go of version 1.7.0): signed PATCH requests with XML. */
export interface VersityUsers {
  /** Makes the user, or gives an existing one this secret and role. The role is `user`, which may not make buckets. */
  put(key: AccessKey, signal: AbortSignal): Promise<void>;
  /** Deletes the user; succeeds if it is absent. */
  delete(accessKeyId: string, signal: AbortSignal): Promise<void>;
  /** The access key ids of all users. The server also sends the secrets, which are discarded. */
  list(signal: AbortSignal): Promise<string[]>;
  /** Sends a request signed with this key, and returns whether the server accepts it. */
  tryKey(key: AccessKey, signal: AbortSignal): Promise<'accepted' | 'wrong secret' | 'no such user'>;
}

/** The users of one region's server. Throws if the region's settings lack `endpoint` or `adminEndpoint`. */
export function versityUsers(settings: StorageSettings): VersityUsers {
  const { adminEndpoint, endpoint, region } = settings;
  if (adminEndpoint === undefined || endpoint === undefined)
    throw new Error(`Storage ${settings.name}: provider versity needs endpoint and adminEndpoint in the regions file.`);

  const admin = (path: string, signal: AbortSignal, body?: string): Promise<unknown> =>
    sendSigned({
      method: 'PATCH',
      url: new URL(path, adminEndpoint),
      key: settings,
      region,
      signal,
      ...(body === undefined ? {} : { body }),
    });

  return {
    async put({ accessKeyId, secretAccessKey }, signal) {
      const account = xml('Account', { Access: accessKeyId, Secret: secretAccessKey, Role: 'user' });
      try {
        await admin('/create-user', signal, account);
      } catch (error) {
        if (codeOf(error) !== 'XAdminUserExists') throw error;
        const properties = xml('MutableProps', { Secret: secretAccessKey, Role: 'user' });
        await admin(`/update-user?access=${encodeURIComponent(accessKeyId)}`, signal, properties);
      }
    },

    async delete(accessKeyId, signal) {
      await admin(`/delete-user?access=${encodeURIComponent(accessKeyId)}`, signal);
    },

    async list(signal) {
      const answer = (await admin('/list-users', signal)) as { ListUserAccountsResult?: { Accounts?: unknown } };
      const accounts = required(answer.ListUserAccountsResult, 'the users');
      const entries = accounts.Accounts === undefined ? [] : [accounts.Accounts].flat();
      return entries.map((entry) => (entry as { Access: string }).Access);
    },

    async tryKey(key, signal) {
      try {
        const answer = await sendSigned({
          method: 'GET',
          url: new URL('/?max-buckets=1', endpoint),
          key,
          region,
          signal,
        });
        required((answer as { ListAllMyBucketsResult?: unknown }).ListAllMyBucketsResult, 'the buckets');
        return 'accepted';
      } catch (error) {
        if (codeOf(error) === 'SignatureDoesNotMatch') return 'wrong secret';
        if (codeOf(error) === 'InvalidAccessKeyId') return 'no such user';
        throw error;
      }
    },
  };
}

function xml(name: string, fields: Record<string, string>): string {
  return new XmlNode(
    name,
    Object.entries(fields).map(([field, value]) => XmlNode.of(field, value)),
  ).toString();
}
