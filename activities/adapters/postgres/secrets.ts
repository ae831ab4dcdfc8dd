import type { ResourceSecrets } from '../../kind';

/** The same store, with every name behind a prefix. */
export function prefixed(secrets: ResourceSecrets, prefix: string): ResourceSecrets {
  return {
    obtain: (name, make) => secrets.obtain(prefix + name, make),
    store: (name, value) => secrets.store(prefix + name, value),
    read: (name) => secrets.read(prefix + name),
  };
}
