import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import type { ManifestEntry } from '../../../contract/exports/archive';
import { failure } from '../../../providers/port/failures';
import type { Vault } from '../../../providers/storage/vault/vault';
import { openAge } from './age';

/** What a volume in the vault must be. */
export interface ExpectedVolume {
  key: string;
  bytes: number;
  sha256: string;
  /** Its files, with the manifest last. */
  files: ManifestEntry[];
  /** The secret key, if it is ours: then every file is decrypted and compared. Otherwise the encrypted bytes are. */
  identity: string | undefined;
}

/** Reads a volume back from the vault and compares it with what was written. Throws `OutcomeUnknown` if it differs. */
export async function verifyVolume(
  vault: Pick<Vault, 'read'>,
  expected: ExpectedVolume,
  signal: AbortSignal,
): Promise<void> {
  const { key, bytes, sha256, files, identity } = expected;
  const stored = await vault.read(key, { signal });
  if (!stored) throw differs('it is not there');
  const hash = createHash('sha256');
  let read = 0;
  const metered = async function* (): AsyncGenerator<Buffer, void> {
    for await (const chunk of stored) {
      hash.update(chunk);
      read += chunk.length;
      yield chunk;
    }
  };
  if (identity === undefined) for await (const _ of metered());
  else await compareFiles(openAge(identity, metered()), files);
  if (read !== bytes) throw differs(`it has ${read} bytes instead of ${bytes}`);
  if (hash.digest('hex') !== sha256) throw differs('its checksum is another one');
}

async function compareFiles(plain: AsyncIterable<Buffer>, files: ManifestEntry[]): Promise<void> {
  const entries = extract();
  const source = Readable.from(plain);
  source.on('error', (error) => entries.destroy(error));
  source.pipe(entries);
  let index = 0;
  for await (const entry of entries) {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of entry as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
    const file = files[index++];
    if (file?.path !== entry.header.name || file.bytes !== bytes || file.sha256 !== hash.digest('hex'))
      throw differs(`file ${index} is not ${file?.path ?? 'expected'} as it was written`);
  }
  if (index !== files.length) throw differs(`it has ${index} files instead of ${files.length}`);
}

function differs(why: string): Error {
  return failure('OutcomeUnknown', `A volume of the export in the vault is not what was written: ${why}.`);
}
