import { createHash } from 'node:crypto';
import { numbered } from '../../../contract/exports/archive';
import { failure } from '../../../providers/port/failures';
import type { TenantObjects } from '../../../providers/storage/objects/current';
import type { ObjectVersion } from '../../../providers/storage/objects/versions';
import type { VolumeWriter } from './volume';

/** A volume that has this much ends before the next object. A single object is never split. */
export interface VolumeLimits {
  bytes: number;
  objects: number;
}

/** Where a volume's objects begin and end. */
export interface ObjectsAdded {
  count: number;
  bytes: number;
  /** {@link markOf} the last one; undefined if there is none. */
  last: string | undefined;
  /** Whether objects are left for another volume. */
  more: boolean;
}

/** Walks through a tenant's objects once, across all volumes of an attempt. */
export class ObjectWalk {
  readonly #objects: TenantObjects;
  readonly #tenantId: string;
  readonly #signal: AbortSignal;
  readonly #listed: AsyncIterator<ObjectVersion>;
  #next: IteratorResult<ObjectVersion> | undefined;
  /** Objects that earlier volumes have. */
  #done = 0;

  constructor(objects: TenantObjects, tenantId: string, signal: AbortSignal) {
    this.#objects = objects;
    this.#tenantId = tenantId;
    this.#signal = signal;
    this.#listed = objects.list(tenantId, signal)[Symbol.asyncIterator]();
  }

  /** Passes over the objects that an earlier attempt has written. Throws if the last of them is another one than then. */
  async skip(count: number, last: string | null): Promise<void> {
    let mark: string | null = null;
    for (; this.#done < count; this.#done += 1) {
      const next = await this.#peek();
      if (next.done === true) throw moved();
      mark = markOf(next.value);
      this.#next = undefined;
    }
    if (count > 0 && mark !== last) throw moved();
  }

  /** Adds the next objects to a volume, up to its limits, with a file that says which is which. */
  async addTo(volume: VolumeWriter, number: number, limits: VolumeLimits): Promise<ObjectsAdded> {
    const lines: string[] = [];
    const added: ObjectsAdded = { count: 0, bytes: 0, last: undefined, more: false };
    for (let next = await this.#peek(); next.done !== true; next = await this.#peek()) {
      const isFull = added.count >= limits.objects || volume.plainBytes + next.value.bytes > limits.bytes;
      if (added.count > 0 && isFull) {
        added.more = true;
        break;
      }
      lines.push(await this.#add(volume, next.value));
      this.#next = undefined;
      this.#done += 1;
      added.count += 1;
      added.bytes += next.value.bytes;
      added.last = markOf(next.value);
    }
    await volume.addText(`objects-${numbered(number)}.jsonl`, lines.join(''));
    return added;
  }

  /** Ends the listing. */
  async close(): Promise<void> {
    await this.#listed.return?.();
  }

  async #peek(): Promise<IteratorResult<ObjectVersion>> {
    this.#next ??= await this.#listed.next();
    return this.#next;
  }

  async #add(volume: VolumeWriter, version: ObjectVersion): Promise<string> {
    const object = await this.#objects.read(this.#tenantId, version, this.#signal);
    const { content, bytes, modifiedAt, ...described } = object;
    const path = `objects/${numbered(this.#done + 1, 9)}`;
    const { sha256 } = await volume.add({ path, bytes, content });
    const { key, versionId } = version;
    const line = { path, key, versionId, bytes, sha256, modifiedAt: modifiedAt ?? version.modifiedAt, ...described };
    return `${JSON.stringify(line)}\n`;
  }
}

/** Identifies an object's version without its key, which may name a person. */
function markOf({ key, versionId }: ObjectVersion): string {
  return createHash('sha256')
    .update(JSON.stringify([key, versionId]))
    .digest('hex');
}

function moved(): Error {
  return failure(
    'OutcomeUnknown',
    'The objects of the tenant are not the ones that the finished volumes of the export have: something still writes to the bucket.',
  );
}
