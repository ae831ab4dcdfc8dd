import { Command, type CommanderError } from 'commander';
import { readBytes, readDocument } from '../files';
import { readKeys } from './read-key';
import { reportOf } from './report';
import { verifyCertificate } from './verify';

interface Options {
  key: string;
  trail?: string;
  json?: true;
}

const HELP = `
FILE is the answer of GET /v1/tenants/{id}/certificate.

The check needs the public key, which GET /v1/audit/keys answers; the safest is a key file that you kept yourself. It shows that the
certificate is what was signed, that every provider answered after the removal that it has nothing more, that times are in order, and that
everything that stays is named. With --trail it also shows that the tenant's audit trail (GET /v1/tenants/{id}/audit) names this certificate
and says the same. It does not ask any provider.

Exit status: 0 the certificate is valid, 1 it is not, 2 it could not be checked.`;

/** `verify-certificate`: checks the certificate of a removed tenant. Sets the exit status. */
export function verifyCertificateCommand(): Command {
  return new Command('verify-certificate')
    .description('checks the certificate of a removed tenant')
    .argument('<file>', 'the certificate, JSON; - for standard input')
    .requiredOption('--key <file>', 'the public key: a JWK Set, a JWK or PEM')
    .option('--trail <file>', 'the tenant’s whole audit trail, JSON Lines')
    .option('--json', 'write the result as JSON')
    .addHelpText('after', HELP)
    .exitOverride((error: CommanderError) => process.exit(error.exitCode === 0 ? 0 : 2))
    .action(run);
}

async function run(file: string, { key, trail, json }: Options): Promise<void> {
  const [{ document, repeated }, keys, bytes] = await Promise.all([
    readDocument(file),
    readKeys(key),
    trail === undefined ? undefined : readBytes(trail),
  ]);
  const result = await verifyCertificate({ document, repeated, keys, trail: bytes });
  process.stdout.write(json ? `${JSON.stringify(result, undefined, 2)}\n` : reportOf(result));
  process.exitCode = result.verdict === 'valid' ? 0 : 1;
}
