import { randomBytes } from 'node:crypto';
import { dashName } from '../../../../contract/ids';
import type { Found, ResourceContext, ResourceKind } from '../../../kind';
import { ACCESS_KEY_KIND, type AccessKeySpec } from '../access-key';
import { tenantOfUser } from '../marks';
import type { StoreOf } from '../store';
import type { VersityStore } from './store';

/**
 * The tenant's user at Versity, which is one key: its id is the name, its secret ours to choose. Versity's users have no tags; the random
 * tenant id in the name is the mark, and nobody else's can bear it. A user with another secret than the stored one is half-made.
 */
export function versityAccessKeyKind(storeOf: StoreOf<VersityStore>): ResourceKind<AccessKeySpec> {
  const facts = (name: string): Record<string, unknown> => ({ accessKeyId: name });
  return {
    kind: ACCESS_KEY_KIND,
    provider: 'versity',
    name: dashName,

    // Coming with the key is asked and not the list of users: that one holds every tenant's secret.
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

/** 240 bits, in the alphabet of AWS's own secrets. */
function newSecret(): string {
  return randomBytes(30).toString('base64url');
}
