import { readFile } from 'node:fs/promises';
import { Command, type CommanderError } from 'commander';
import type { JSONWebKeySet } from 'jose';
import { isSignedHead, type SignedHead } from '../../contract/audit-head';
import { reportOf } from './report';
import { verifyTrail } from './verify';

interface Options {
  head: string[];
  keys?: string;
  excerpt?: true;
  json?: true;
}

const HELP = `
FILE is what GET /v1/tenants/{id}/audit answers, its pages one behind the other.

Found is an entry that was edited, removed, put elsewhere, repeated or made anew. That entries were cut off at the end, or the whole
chain made anew, can be told only by a head that was signed before: take it from the region's vault, audit/<tenant id>/<sequence>.json
(behind an acceptance audit/<tenant id>/accepted-<how many>/<sequence>.json), or keep the one you got with an earlier export. Who signed a head can be told only with --keys, best with a file you have kept. That a trail names a break as accepted is a note; the break stays
one.

Exit status: 0 nothing is wrong, 1 something is, 2 it could not be checked.`;

/** `verify-audit`: checks an exported audit trail. Sets the exit status. */
export function verifyAuditCommand(): Command {
  return new Command('verify-audit')
    .description('checks an exported audit trail')
    .argument('<file>', 'the trail, JSON Lines; - for standard input')
    .option('--head <file>', 'a signed head the trail must agree with; may be given more than once', collect, [])
    .option('--keys <file>', 'public keys heads may be signed with, as GET /v1/audit/keys answers')
    .option('--excerpt', 'the file holds some of the entries only, of one operation for instance: gaps are no finding')
    .option('--json', 'writes the result as JSON')
    .addHelpText('after', HELP)
    .exitOverride((error: CommanderError) => process.exit(error.exitCode === 0 ? 0 : 2))
    .action(run);
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

async function run(file: string, { head: headFiles, keys: keysFile, excerpt, json }: Options): Promise<void> {
  const [trail, heads, keys] = await Promise.all([
    file === '-' ? bytesOfInput() : read(file),
    Promise.all(headFiles.map(readHeadFile)),
    keysFile === undefined ? undefined : readKeys(keysFile),
  ]);
  const result = await verifyTrail({ trail, heads, keys, excerpt });
  process.stdout.write(json ? `${JSON.stringify(result, undefined, 2)}\n` : reportOf(result));
  process.exitCode = { holds: 0, 'does not hold': 1, 'nothing to check': 2 }[result.verdict];
}

async function bytesOfInput(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

async function readHeadFile(file: string): Promise<SignedHead> {
  const head = await readJson(file);
  if (!isSignedHead(head))
    throw new Error(`${file} is not a signed head: a JWS with payload, protected and signature.`);
  return head;
}

async function readKeys(file: string): Promise<JSONWebKeySet> {
  const keys = (await readJson(file)) as Partial<JSONWebKeySet> | null;
  if (!Array.isArray(keys?.keys)) throw new Error(`${file} is not a JWK Set: it has no list of keys.`);
  return { keys: keys.keys };
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse((await read(file)).toString());
  } catch (error) {
    if (error instanceof SyntaxError) throw new Error(`${file} is not JSON.`, { cause: error });
    throw error;
  }
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
