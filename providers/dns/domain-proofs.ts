import { Resolver } from 'node:dns/promises';
import type { DomainProofs } from '../port/domain-proofs';

/** Milliseconds for the first try of a name server; a later one waits longer. */
const TRY_MS = 2_000;
const TRIES = 2;

/** Codes of Node with which a name server says that there is no such name, or no TXT record of it. */
const ABSENT = ['ENOTFOUND', 'ENODATA'];

/**
 * Looks for records through these name servers (`192.0.2.1`, `192.0.2.1:5353`), or through those of the operating system if there are none.
 * Source: RFC 1035 §3.3.14; the texts of one record belong together (RFC 7208 §3.3).
 */
export function createDomainProofs(servers: readonly string[]): DomainProofs {
  return {
    look: async ({ name, value }, signal) => {
      signal.throwIfAborted();
      const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES });
      if (servers.length > 0) resolver.setServers(servers);
      const cancel = (): void => resolver.cancel();
      signal.addEventListener('abort', cancel, { once: true });
      try {
        const records = await resolver.resolveTxt(name);
        return records.some((texts) => texts.join('') === value) ? 'found' : 'missing';
      } catch (error) {
        signal.throwIfAborted();
        return ABSENT.includes((error as NodeJS.ErrnoException).code ?? '') ? 'missing' : 'unanswered';
      } finally {
        signal.removeEventListener('abort', cancel);
      }
    },
  };
}
