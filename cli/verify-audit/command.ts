import { Command, type CommanderError } from 'commander';
import type { JSONWebKeySet } from 'jose';
import { isSignedHead, type SignedHead } from '../../contract/audit/head';
import { readBytes, readJson } from '../files';
import { reportOf } from './report';
import { verifyTrail } from './verify';

interface Options {
  head: string[];
  keys?: string;
  excerpt?: true;
  json?: true;
}

const HELP = `
FILE is the answer of GET /v1/tenants/{id}/audit, with all its pages concatenated.

The chain itself shows an entry that was edited, removed, moved, repeated or rewritten. Only a head that was signed earlier shows that
entries were cut off at the end or that the whole chain was rebuilt. Take a head from the region's vault, audit/<tenant id>/<sequence>.json
(after an acceptance audit/<tenant id>/accepted-<how many>/<sequence>.json), or keep the head of an earlier export. Only --keys shows who
signed a head; the safest is a key file that you kept yourself. A break that the trail records as accepted is mentioned in a note and is
still reported as a break.

Exit status: 0 nothing is wrong, 1 something is wrong, 2 the trail could not be checked.`;

/** `verify-audit`: checks an exported audit trail. Sets the exit status. */
export function verifyAuditCommand(): Command {
  return new Command('verify-audit')
    .description('checks an exported audit trail')
    .argument('<file>', 'the trail, JSON Lines; - for standard input')
    .option('--head <file>', 'a signed head with which the trail must agree; may be given more than once', collect, [])
    .option('--keys <file>', 'public keys that verify signed heads, as GET /v1/audit/keys returns them')
    .option(
      '--excerpt',
      'the file holds only some of the entries, for instance of one operation; gaps are not findings',
    )
    .option('--json', 'write the result as JSON')
    .addHelpText('after', HELP)
    .exitOverride((error: CommanderError) => process.exit(error.exitCode === 0 ? 0 : 2))
    .action(run);
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

async function run(file: string, { head: headFiles, keys: keysFile, excerpt, json }: Options): Promise<void> {
  const [trail, heads, keys] = await Promise.all([
    readBytes(file),
    Promise.all(headFiles.map(readHeadFile)),
    keysFile === undefined ? undefined : readKeys(keysFile),
  ]);
  const result = await verifyTrail({ trail, heads, keys, excerpt });
  process.stdout.write(json ? `${JSON.stringify(result, undefined, 2)}\n` : reportOf(result));
  process.exitCode = { holds: 0, 'does not hold': 1, 'nothing to check': 2 }[result.verdict];
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
