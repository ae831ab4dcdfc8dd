import type { Logger } from 'pino';
import { noteApiKeyUse } from '../../registry/credentials/api-key-verification';
import type { Queryable } from '../../registry/database';
import { causeOf } from '../http/log';

/** Longest delay before a use is written to the registry, in milliseconds. */
const DELAY_MS = 5_000;

/** Maximum number of keys held between two writes. A key beyond it is recorded at its next use instead. */
const MAX_KEYS = 5_000;

/** Records when API keys were last used. Uses are written in batches, so that a verification never waits for the registry. */
export interface ApiKeyUse {
  note(keyId: string): void;
  /** Writes the uses collected so far. Never throws: a failed write only loses the time of last use. */
  flush(): Promise<void>;
}

/** Collects the uses of a few seconds, one per key, and writes them together. */
export function createApiKeyUse(db: Queryable, logger: Logger): ApiKeyUse {
  let used = new Map<string, Date>();
  let due: NodeJS.Timeout | undefined;

  const flush = async (): Promise<void> => {
    clearTimeout(due);
    due = undefined;
    if (used.size === 0) return;
    const batch = used;
    used = new Map();
    await noteApiKeyUse(db, batch).catch((error: unknown) =>
      logger.warn({ keys: batch.size, cause: causeOf(error) }, 'could not record the last use of API keys'),
    );
  };
  return {
    note(keyId) {
      if (used.size >= MAX_KEYS && !used.has(keyId)) return;
      used.set(keyId, new Date());
      due ??= setTimeout(() => void flush(), DELAY_MS).unref();
    },
    flush,
  };
}
