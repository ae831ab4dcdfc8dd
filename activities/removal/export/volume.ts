import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { pack, type Pack } from 'tar-stream';
import type { ManifestEntry } from '../../../contract/exports/archive';
import { failure } from '../../../providers/port/failures';
import type { Vault } from '../../../providers/storage/vault/vault';
import { sealAge } from './age';

/** A file to be written into a volume. */
export interface NewEntry {
  path: string;
  /** Must be exactly what `content` yields. */
  bytes: number;
  content: AsyncIterable<Uint8Array>;
  table?: { name: string; rows: number };
}

/** Writes one volume: tar → age → vault, as a stream. Of the files only names, sizes and checksums stay in memory. */
export class VolumeWriter {
  readonly entries: ManifestEntry[] = [];
  readonly #pack: Pack = pack();
  readonly #broken = new AbortController();
  readonly #ciphertext = createHash('sha256');
  readonly #stored: Promise<void>;
  #bytes = 0;

  constructor(
    vault: Pick<Vault, 'upload'>,
    { key, recipient, signal }: { key: string; recipient: string; signal: AbortSignal },
  ) {
    const sealed = this.#counted(sealAge(recipient, this.#pack as AsyncIterable<Buffer>));
    this.#stored = vault.upload(key, sealed, { signal });
    // A failed upload ends a pending write, which would otherwise wait for the store for ever.
    this.#stored.catch((error: unknown) => this.#broken.abort(error));
    this.#pack.on('error', () => {});
  }

  /** Bytes of the files so far. */
  get plainBytes(): number {
    return this.entries.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Adds a file and resolves with its entry. Throws what ends the upload, or what the content throws; the volume is then useless. */
  async add({ path, bytes, content, table }: NewEntry): Promise<ManifestEntry> {
    const sha256 = createHash('sha256');
    await this.#write(path, bytes, content, sha256);
    const rows = table ? { table: table.name, rows: table.rows } : {};
    const entry = { path, bytes, sha256: sha256.digest('hex'), ...rows };
    this.entries.push(entry);
    return entry;
  }

  /** Adds a file that is in memory. */
  addText(path: string, text: string): Promise<ManifestEntry> {
    const content = Buffer.from(text);
    return this.add({ path, bytes: content.length, content: each(content) });
  }

  /** Ends the volume with a file that describes it, and resolves when the vault has it all. */
  async end(path: string, manifest: Buffer): Promise<{ bytes: number; sha256: string }> {
    await this.#write(path, manifest.length, each(manifest), createHash('sha256'));
    this.#pack.finalize();
    await this.#stored;
    return { bytes: this.#bytes, sha256: this.#ciphertext.digest('hex') };
  }

  /** Gives up the volume: the upload is aborted, and nothing of it stays in the vault. */
  async abandon(): Promise<void> {
    this.#pack.destroy(new Error('The volume was given up.'));
    await this.#stored.catch(() => {});
  }

  async #write(name: string, size: number, content: AsyncIterable<Uint8Array>, hash: Hash): Promise<void> {
    const { signal } = this.#broken;
    signal.throwIfAborted();
    const options = { signal };
    const sink = this.#pack.entry({ name, size, mode: 0o644 });
    // A tar that is destroyed emits the error at each of its files as well; it reaches the caller through the signal.
    sink.on('error', () => {});
    const closed = once(sink, 'close', options);
    closed.catch(() => {});
    let written = 0;
    for await (const chunk of content) {
      signal.throwIfAborted();
      hash.update(chunk);
      written += chunk.length;
      if (written > size) break;
      if (!sink.write(chunk)) await waitFor(once(sink, 'drain', options), signal);
    }
    if (written !== size)
      throw failure('OutcomeUnknown', `File ${name} of the export was announced with ${size} bytes and has others.`);
    sink.end(null);
    await waitFor(closed, signal);
  }

  async *#counted(sealed: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
    for await (const chunk of sealed) {
      this.#bytes += chunk.length;
      this.#ciphertext.update(chunk);
      yield chunk;
    }
  }
}

/** Waits for an event, or throws the reason for which it will not come. */
async function waitFor(event: Promise<unknown>, signal: AbortSignal): Promise<void> {
  try {
    await event;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

async function* each(content: Buffer): AsyncGenerator<Buffer, void> {
  yield await Promise.resolve(content);
}
