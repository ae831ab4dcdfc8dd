import { randomBytes } from 'node:crypto';
import { dashName } from '../../../contract/ids';
import type { Found, ResourceContext, ResourceKind } from '../../port/kind';
import { setBucketAccess, tryBucketAccess } from '../access';
import { ACCESS_KEY_KIND, type AccessKeySpec } from '../access-key';
import { tenantOfUser } from '../marks';
import type { StoreOf } from '../store';
import type { VersityStore } from './store';

/**
 * The tenant's user at Versity. A user is one access key: the id is the user's name, and we choose the secret. Versity's users have no
 * tags, so the random tenant id in the name serves as the mark. A user whose secret differs from the stored one counts as partial. Users
 * cannot be disabled, so `update` changes only what the key may do in the tenant's bucket; it has no rights elsewhere.
 */
export function versityAccessKeyKind(storeOf: StoreOf<VersityStore>): ResourceKind<AccessKeySpec> {
  const facts = (name: string): Record<string, unknown> => ({ accessKeyId: name });
  return {
    kind: ACCESS_KEY_KIND,
    provider: 'versity',
    name: dashName,

    // Tries the key instead of listing the users, because the list contains every tenant's secret.
    async find({ name, region, secrets, signal }): Promise<Found> {
      const secretAccessKey = await secrets.read('secretAccessKey');
      const guess = secretAccessKey ?? newSecret();
      const answer = await storeOf(region).users.tryKey({ accessKeyId: name, secretAccessKey: guess }, signal);
      if (answer === 'no such user') return { state: 'absent' };
      const isStored = answer === 'accepted' && (await secrets.read('accessKeyId')) === name;
      return { state: isStored ? 'present' : 'partial', id: name, facts: facts(name) };
    },

    async create({ name, region, secrets, signal }) {
      const secretAccessKey = await secrets.obtain('secretAccessKey', newSecret);
      await secrets.store('accessKeyId', name);
      await storeOf(region).users.put({ accessKeyId: name, secretAccessKey }, signal);
      return { id: name, facts: facts(name) };
    },

    update: (context, { access }) => setBucketAccess(storeOf(context.region), context, access),
    access: (context) => tryBucketAccess(storeOf(context.region), context),

    async remove({ name, region, signal }: ResourceContext<AccessKeySpec | undefined>): Promise<void> {
      await storeOf(region).users.delete(name, signal);
    },

    async *list(region, signal) {
      for (const name of await storeOf(region).users.list(signal)) {
        const tenantId = tenantOfUser(name);
        if (tenantId !== undefined) yield { tenantId, name, id: name };
      }
    },
  };
}

/** 240 random bits in base64url: 40 characters, as long as AWS's own secrets. */
function newSecret(): string {
  return randomBytes(30).toString('base64url');
}
