#!/usr/bin/env node
// Checks an exported tenant: node verify-export.mjs <volume.tar.age>… --identity key.txt [--extract folder]
// Needs Node.js 20 and nothing else. Decrypts age files for X25519 identities (age-encryption.org/v1), reads the tar inside, and compares
// every file with the manifests. Reads as a stream: only manifests and object lists are held in memory.
// Exit code: 0 everything is as it was written, 1 something is not, 2 it could not be checked (usage, a file, the key).
import { Buffer } from 'node:buffer';
import {
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
} from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { parseArgs } from 'node:util';

const [CHUNK, TAG, BLOCK] = [65_536, 16, 512];
/** The files that are kept in memory as well: they describe the others. */
const DESCRIBES = /^(?:manifest|objects)-\d+\.jsonl?$/;
const USAGE = 'Usage: node verify-export.mjs <volume.tar.age>... --identity key.txt [--extract folder]';

/** The archive is not what was written. */
class Damaged extends Error {}

function decodeBech32(text) {
  const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
  const values = [...text.slice(text.lastIndexOf('1') + 1)].map((letter) => alphabet.indexOf(letter));
  const bytes = [];
  let [held, bits] = [0, 0];
  for (const value of values.slice(0, -6)) {
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) bytes.push((held >> (bits -= 8)) & 0xff);
  }
  return Buffer.from(bytes);
}

function readIdentities(file) {
  const lines = readFileSync(file, 'utf8').match(/AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}/g) ?? [];
  if (lines.length === 0) throw new Error(`${file} has no line AGE-SECRET-KEY-1…`);
  return lines.map((line) => {
    const der = Buffer.concat([
      Buffer.from('302e020100300506032b656e04220420', 'hex'),
      decodeBech32(line.toLowerCase()),
    ]);
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  });
}

const rawPublic = (key) => createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
const hkdf = (secret, salt, info) => Buffer.from(hkdfSync('sha256', secret, salt, info, 32));

function decrypt(key, nonce, sealed) {
  const at = sealed.length - TAG;
  if (at < 0) return undefined;
  const cipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: TAG }).setAuthTag(
    sealed.subarray(at),
  );
  const plain = cipher.update(sealed.subarray(0, at));
  try {
    cipher.final();
    return plain;
  } catch {
    return undefined;
  }
}

/** The file key, from the first stanza of the header that one of the identities opens. */
function openHeader(header, identities) {
  const lines = header.toString('latin1').split('\n');
  if (lines[0] !== 'age-encryption.org/v1') throw new Damaged('it is not an age file');
  for (const [index, line] of lines.entries()) {
    const share = /^-> X25519 ([\w+/]{43})$/.exec(line)?.[1];
    if (share === undefined) continue;
    const theirs = Buffer.from(share, 'base64');
    const der = Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), theirs]);
    const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
    for (const privateKey of identities) {
      const secret = diffieHellman({ privateKey, publicKey });
      const key = hkdf(secret, Buffer.concat([theirs, rawPublic(privateKey)]), 'age-encryption.org/v1/X25519');
      const fileKey = decrypt(key, Buffer.alloc(12), Buffer.from(lines[index + 1], 'base64'));
      if (fileKey === undefined) continue;
      const signed = header.subarray(0, header.lastIndexOf('---') + 3);
      const mac = createHmac('sha256', hkdf(fileKey, '', 'header'))
        .update(signed)
        .digest('base64')
        .replace(/=+$/, '');
      if (lines.at(-2) !== `--- ${mac}`) throw new Damaged('its header was changed');
      return fileKey;
    }
  }
  throw new Error('the key does not open this file');
}

/** Reads a stream by the byte. */
class Source {
  constructor(stream) {
    this.chunks = stream[Symbol.asyncIterator]();
    this.held = Buffer.alloc(0);
  }
  async more() {
    const { done, value } = await this.chunks.next();
    if (!done) this.held = this.held.length === 0 ? value : Buffer.concat([this.held, value]);
    return !done;
  }
  /** `count` bytes, or fewer at the end. */
  async take(count) {
    while (this.held.length < count && (await this.more()));
    const taken = this.held.subarray(0, count);
    this.held = this.held.subarray(taken.length);
    return taken;
  }
}

/** The plain text of an age file. A chunk is only yielded once it is known to be whole and in its place. */
async function* openAge(file, identities) {
  const source = new Source(createReadStream(file, { highWaterMark: 1 << 20 }));
  let end = -1;
  while (end < 0) {
    if (!(await source.more()) || source.held.length > 1 << 22) throw new Damaged('it is not an age file');
    const mac = source.held.indexOf('\n--- ');
    end = mac < 0 ? -1 : source.held.indexOf('\n', mac + 1);
  }
  const fileKey = openHeader(await source.take(end + 1), identities);
  const key = hkdf(fileKey, await source.take(16), 'payload');
  let sealed = await source.take(CHUNK + TAG);
  for (let index = 0; ; index++) {
    const next = await source.take(CHUNK + TAG);
    const nonce = Buffer.alloc(12);
    nonce.writeUIntBE(index, 5, 6);
    nonce[11] = next.length === 0 ? 1 : 0;
    const plain = decrypt(key, nonce, sealed);
    if (!plain) throw new Damaged(`it was changed or cut off at byte ${index * CHUNK} of its content`);
    yield plain;
    if (next.length === 0) return;
    sealed = next;
  }
}

/** The files of a tar, in the form that exports have: plain files with short names. */
async function* readTar(plain) {
  const source = new Source(plain);
  for (;;) {
    const header = await source.take(BLOCK);
    if (header.length < BLOCK) throw new Damaged('its tar is cut off');
    if (header.every((byte) => byte === 0)) return;
    const name = header.subarray(0, header.indexOf(0)).toString();
    // A size above 8 GiB is written in binary.
    const size =
      header[124] & 0x80 ? Number(header.readBigUInt64BE(128)) : parseInt(header.toString('latin1', 124, 136), 8);
    yield {
      name,
      size,
      async *content() {
        for (let left = size; left > 0;) {
          const chunk = await source.take(Math.min(left, CHUNK));
          if (chunk.length === 0) throw new Damaged('its tar is cut off');
          left -= chunk.length;
          yield chunk;
        }
        await source.take((BLOCK - (size % BLOCK)) % BLOCK);
      },
    };
  }
}

/** Where to write a file; undefined if nothing is to be written. No name can lead out of the folder. */
function openFile(folder, name) {
  if (folder === undefined) return undefined;
  if (!/^(?:[\w-][\w.-]*\/)*[\w-][\w.-]*$/.test(name))
    throw new Damaged(`it has a file with the name ${JSON.stringify(name)}`);
  const target = path.join(folder, name);
  mkdirSync(path.dirname(target), { recursive: true });
  return createWriteStream(target, { flags: 'wx' });
}

/** Reads one volume: its files with their checksums, and its manifest. */
async function readVolume(file, identities, folder) {
  const found = new Map();
  const described = new Map();
  for await (const { name, size, content } of readTar(openAge(file, identities))) {
    const hash = createHash('sha256');
    const kept = [];
    const target = openFile(folder, name);
    for await (const chunk of content()) {
      hash.update(chunk);
      if (DESCRIBES.test(name)) kept.push(chunk);
      if (target && !target.write(chunk)) await once(target, 'drain');
    }
    if (target) await once(target.end(), 'close');
    found.set(name, { bytes: size, sha256: hash.digest('hex') });
    if (DESCRIBES.test(name)) described.set(name, Buffer.concat(kept).toString());
  }
  const [name] = [...described.keys()].filter((each) => each.startsWith('manifest-'));
  if (name === undefined) throw new Damaged('it has no manifest');
  const manifestSha256 = found.get(name).sha256;
  found.delete(name);
  const objects = [...described].flatMap(([each, text]) =>
    each.startsWith('objects-') ? text.trim().split('\n').filter(Boolean) : [],
  );
  return {
    file,
    found,
    manifestSha256,
    manifest: JSON.parse(described.get(name)),
    objects: objects.map((line) => JSON.parse(line)),
  };
}

/** What is wrong with a volume, as sentences. */
function problemsOf({ found, manifest, objects }) {
  const problems = [];
  const listed = new Map(manifest.entries.map((entry) => [entry.path, entry]));
  for (const [name, { bytes, sha256 }] of found) {
    const entry = listed.get(name);
    if (!entry) problems.push(`${name} is not in the manifest`);
    else if (entry.bytes !== bytes || entry.sha256 !== sha256) problems.push(`${name} is not as it was written`);
  }
  for (const name of listed.keys()) if (!found.has(name)) problems.push(`${name} is missing`);
  if (objects.length !== manifest.objects.count)
    problems.push(`it lists ${objects.length} objects instead of ${manifest.objects.count}`);
  for (const { path: name, bytes, sha256 } of objects)
    if (found.get(name)?.bytes !== bytes || found.get(name)?.sha256 !== sha256)
      problems.push(`${name} is not the object that the list names`);
  return problems;
}

/** What is wrong between the volumes: each names the checksum of the manifest before it, and the last one says so. */
function gapsOf(volumes) {
  const problems = [];
  let objects = 0;
  for (const [index, { manifest }] of volumes.entries()) {
    const previous = index === 0 ? null : volumes[index - 1].manifestSha256;
    if (manifest.volume !== index + 1) problems.push(`volume ${index + 1} is missing`);
    else if (manifest.previous !== previous || manifest.objects.from !== objects + 1)
      problems.push(`volume ${index + 1} does not continue volume ${index}`);
    objects += manifest.objects.count;
  }
  if (volumes.at(-1)?.manifest.last !== true) problems.push('the last volume is missing');
  return problems;
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { identity: { type: 'string' }, extract: { type: 'string' } },
  });
  if (positionals.length === 0 || values.identity === undefined) throw new Error(USAGE);
  const identities = readIdentities(values.identity);
  const volumes = [];
  const problems = [];
  for (const file of positionals)
    try {
      const volume = await readVolume(file, identities, values.extract);
      volumes.push(volume);
      problems.push(...problemsOf(volume).map((problem) => `${file}: ${problem}`));
    } catch (error) {
      if (!(error instanceof Damaged)) throw new Error(`${file}: ${error.message}`, { cause: error });
      problems.push(`${file}: ${error.message}`);
    }
  volumes.sort((a, b) => a.manifest.volume - b.manifest.volume);
  problems.push(...gapsOf(volumes));
  for (const { file, manifest } of volumes) {
    console.log(
      `${file}: volume ${manifest.volume} of tenant ${manifest.tenantName} (${manifest.tenantId}), ${manifest.writtenAt}`,
    );
    for (const { path: name, bytes, rows } of manifest.entries.filter((entry) => !entry.path.startsWith('objects/')))
      console.log(
        `  ${name.padEnd(40)} ${String(bytes).padStart(14)} bytes${rows === undefined ? '' : ` ${rows} rows`}`,
      );
    const bytes = manifest.entries.reduce(
      (sum, entry) => sum + (entry.path.startsWith('objects/') ? entry.bytes : 0),
      0,
    );
    console.log(`  ${`${manifest.objects.count} objects`.padEnd(40)} ${String(bytes).padStart(14)} bytes`);
  }
  for (const problem of problems) console.error(`WRONG  ${problem}`);
  console.log(problems.length === 0 ? 'Everything is as it was written.' : `${problems.length} problems.`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 2;
});
