import type { Logger } from 'pino';
import { noteApiKeyUse } from '../registry/api-key-verification';
import type { Queryable } from '../registry/database';
import { causeOf } from './log';

/** Milliseconds between a use and its note in the registry, at most. */
const DELAY_MS = 5_000;

/** Keys in one note; with more than these used at once some are noted with their next use. */
const MOST_KEYS = 5_000;

/** When API keys were last used, told to the registry from time to time: a verification does not wait for it. */
export interface ApiKeyUse {
  note(keyId: string): void;
  /** Tells the registry what it has not been told yet. Never throws: what is lost is the time of a use. */
  flush(): Promise<void>;
}

/** Keeps the uses of some seconds, one a key. */
export function createApiKeyUse(db: Queryable, logger: Logger): ApiKeyUse {
  let used = new Map<string, Date>();
  let due: NodeJS.Timeout | undefined;

  const flush = async (): Promise<void> => {
    clearTimeout(due);
    due = undefined;
    if (used.size === 0) return;
    const noted = used;
    used = new Map();
    await noteApiKeyUse(db, noted).catch((error: unknown) =>
      logger.warn({ keys: noted.size, cause: causeOf(error) }, 'the last use of API keys was not noted'),
    );
  };
  return {
    note(keyId) {
      if (used.size >= MOST_KEYS && !used.has(keyId)) return;
      used.set(keyId, new Date());
      due ??= setTimeout(() => void flush(), DELAY_MS).unref();
    },
    flush,
  };
}
