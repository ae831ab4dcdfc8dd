import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { PREVIEW_PARTS } from '../../contract/schemas/preview-schema';
import { isUnavailable } from '../../registry/database';
import { causeOf } from '../http/log';

/** Part of a preview that can be unknown. */
export type PreviewPart = (typeof PREVIEW_PARTS)[number];

/** Longest wait for a part, in milliseconds. */
const PART_MS = 2_000;

/** The parts of one preview that are unknown, each with its reason. */
export class UnknownParts {
  readonly parts: { part: PreviewPart; reason: string }[] = [];

  constructor(
    private readonly logger: Pick<Logger, 'warn'>,
    private readonly partMs = PART_MS,
  ) {}

  add(reason: string, ...parts: PreviewPart[]): void {
    this.parts.push(...parts.map((part) => ({ part, reason })));
  }

  /** The result of `work`, or undefined with a note if it fails or takes too long. Rejects only while the registry is unavailable. */
  async try<T>(part: PreviewPart, work: () => Promise<T>): Promise<T | undefined> {
    const stop = new AbortController();
    const late = sleep(this.partMs, 'late' as const, { signal: stop.signal, ref: false });
    // Aborted once the work has finished.
    late.catch(() => {});
    try {
      const result = await Promise.race([work().then((value) => ({ value })), late]);
      if (result !== 'late') return result.value;
      this.add(`It was not known within ${this.partMs / 1000} seconds. Ask again.`, part);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      this.logger.warn({ part, cause: causeOf(error) }, 'a part of a preview is unknown');
      this.add('It could not be determined. The API’s log says why.', part);
    } finally {
      stop.abort();
    }
    return undefined;
  }
}
