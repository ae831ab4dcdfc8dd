import { Command, InvalidArgumentError } from 'commander';
import { createApiToken, listApiTokens, revokeApiToken } from '../../registry/credentials/api-tokens';
import { isRole, ROLES, type Role } from '../access/roles';
import { withRegistry } from './with-registry';

const DAY = 86_400_000;
const MAX_DAYS = 3650;

const program = new Command('tokens').description(
  'Manages API tokens. Needs REGISTRY_URL. Tokens of the same name identify the same caller, so one can replace another.',
);

program
  .command('create')
  .description('creates a token and prints it, once')
  .requiredOption('--name <name>', 'the person or service that holds it, in lower case', parseName)
  .requiredOption('--role <role...>', `one or more of ${Object.keys(ROLES).join(', ')}`, parseRoles)
  .option('--expires <days>', 'days until it expires, for instance 90d', parseDays, 90)
  .action(({ name, role, expires }: { name: string; role: Role[]; expires: number }) =>
    withRegistry('tokens', async (pool) => {
      const expiresAt = new Date(Date.now() + expires * DAY);
      const { token, tokenId } = await createApiToken(pool, { name, roles: role, expiresAt });
      // Standard output carries only the token, so that `TOKEN=$(… tokens create …)` works.
      process.stderr.write(
        `Token ${tokenId} for ${name} (${role.join(', ')}), valid until ${expiresAt.toISOString()}. It is not shown again:\n`,
      );
      process.stdout.write(`${token}\n`);
    }),
  );

program
  .command('list')
  .description('lists all tokens, without their secrets')
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
  .description('revokes a token immediately')
  .argument('<token>', 'id of the token, or its part between tp_ and the next _')
  .action((idOrPrefix: string) =>
    withRegistry('tokens', async (pool) => {
      if (!(await revokeApiToken(pool, idOrPrefix)))
        throw new Error('No such token, or it is already revoked. `tokens list` shows all tokens.');
      process.stderr.write('Revoked.\n');
    }),
  );

function parseName(text: string): string {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(text))
    throw new InvalidArgumentError('Must be up to 63 lower-case letters, digits and hyphens, starting with a letter.');
  return text;
}

function parseRoles(text: string, previous: Role[] | undefined): Role[] {
  return text.split(',').reduce((roles, role) => {
    if (!isRole(role))
      throw new InvalidArgumentError(`Unknown role ${role}. The roles are ${Object.keys(ROLES).join(', ')}.`);
    return roles.includes(role) ? roles : [...roles, role];
  }, previous ?? []);
}

function parseDays(text: string): number {
  const days = Number(/^(\d{1,4})d?$/.exec(text)?.[1]);
  if (!(days >= 1 && days <= MAX_DAYS)) throw new InvalidArgumentError(`Must be from 1d to ${MAX_DAYS}d.`);
  return days;
}

program.parseAsync().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
