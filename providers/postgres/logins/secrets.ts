import type { ResourceSecrets } from '../../port/kind';

/** Name under which a login's password is stored among the resource's secrets. */
export const PASSWORD = 'password';

/** A view of the store that puts a prefix before every name. */
export function prefixed(secrets: ResourceSecrets, prefix: string): ResourceSecrets {
  return {
    obtain: (name, make) => secrets.obtain(prefix + name, make),
    store: (name, value) => secrets.store(prefix + name, value),
    read: (name) => secrets.read(prefix + name),
  };
}
