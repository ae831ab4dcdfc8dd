import type { Vault } from '../../../../providers/storage/vault/vault';

/** A vault in memory, for tests that need no store. */
export interface MemoryVault extends Pick<Vault, 'upload' | 'read' | 'list' | 'remove' | 'abortUploads'> {
  files: Map<string, Buffer>;
  /** Unfinished uploads that no caller knows, with the moment each was begun. */
  uploads: Map<string, Date>;
}

/** A vault without any files. */
export function emptyVault(): MemoryVault {
  const files = new Map<string, Buffer>();
  const uploads = new Map<string, Date>();
  return {
    files,
    uploads,
    async upload(key, content) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) chunks.push(chunk);
      files.set(key, Buffer.concat(chunks));
    },
    read: (key) => Promise.resolve(files.has(key) ? chunksOf(files.get(key)!) : undefined),
    async *list(prefix) {
      for (const [key, { length }] of await Promise.resolve([...files]))
        if (key.startsWith(prefix)) yield { key, bytes: length, modifiedAt: new Date() };
    },
    remove: (key) => Promise.resolve(void files.delete(key)),
    abortUploads: (prefix, { before = new Date(8.64e15) }) => {
      for (const [key, begun] of uploads) if (key.startsWith(prefix) && begun < before) uploads.delete(key);
      return Promise.resolve();
    },
  };
}

async function* chunksOf(content: Buffer): AsyncGenerator<Buffer, void> {
  for (let at = 0; at < content.length; at += 10_000) yield await Promise.resolve(content.subarray(at, at + 10_000));
}
