import { Command, InvalidArgumentError } from 'commander';
import { createApiToken, listApiTokens, revokeApiToken } from '../../registry/api-tokens';
import { isRole, ROLES, type Role } from '../roles';
import { withRegistry } from './with-registry';

const DAY = 86_400_000;
const LONGEST_DAYS = 3650;

const program = new Command('tokens').description(
  'API tokens. Needs REGISTRY_URL. Tokens of one name are the same caller, so that one can be replaced by another.',
);

program
  .command('create')
  .description('makes a token and prints it, once')
  .requiredOption('--name <name>', 'who holds it: a lower-case name of a person or service', parseName)
  .requiredOption('--role <role...>', `one or more of ${Object.keys(ROLES).join(', ')}`, parseRoles)
  .option('--expires <days>', 'for instance 90d', parseDays, 90)
  .action(({ name, role, expires }: { name: string; role: Role[]; expires: number }) =>
    withRegistry('tokens', async (pool) => {
      const expiresAt = new Date(Date.now() + expires * DAY);
      const { token, tokenId } = await createApiToken(pool, { name, roles: role, expiresAt });
      // Only the token on standard output: `TOKEN=$(… tokens create …)`.
      process.stderr.write(
        `Token ${tokenId} of ${name} (${role.join(', ')}) until ${expiresAt.toISOString()}. It is not shown again:\n`,
      );
      process.stdout.write(`${token}\n`);
    }),
  );

program
  .command('list')
  .description('lists all tokens, without the tokens')
  .action(() =>
    withRegistry('tokens', async (pool) => {
      for (const { tokenId, prefix, name, roles, expiresAt, revokedAt, lastUsedAt } of await listApiTokens(pool)) {
        const state = revokedAt ? 'revoked' : expiresAt < new Date() ? 'expired' : 'valid';
        const used = lastUsedAt ? lastUsedAt.toISOString() : 'never';
        process.stdout.write(
          `${tokenId}  tp_${prefix}_…  ${name}  ${roles.join(',')}  ${state} until ${expiresAt.toISOString()}  used ${used}\n`,
        );
      }
    }),
  );

program
  .command('revoke')
  .description('ends a token at once')
  .argument('<token>', 'its id, or the part between tp_ and the next _')
  .action((idOrPrefix: string) =>
    withRegistry('tokens', async (pool) => {
      if (!(await revokeApiToken(pool, idOrPrefix)))
        throw new Error('There is no such token, or it was revoked before. `tokens list` shows all.');
      process.stderr.write('Revoked.\n');
    }),
  );

function parseName(text: string): string {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(text))
    throw new InvalidArgumentError('Must be lower-case letters, digits and hyphens, beginning with a letter.');
  return text;
}

function parseRoles(text: string, before: Role[] | undefined): Role[] {
  return text.split(',').reduce((roles, role) => {
    if (!isRole(role))
      throw new InvalidArgumentError(`There is no role ${role}. There are ${Object.keys(ROLES).join(', ')}.`);
    return roles.includes(role) ? roles : [...roles, role];
  }, before ?? []);
}

function parseDays(text: string): number {
  const days = Number(/^(\d{1,4})d?$/.exec(text)?.[1]);
  if (!(days >= 1 && days <= LONGEST_DAYS)) throw new InvalidArgumentError(`Must be 1d to ${LONGEST_DAYS}d.`);
  return days;
}

program.parseAsync().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
