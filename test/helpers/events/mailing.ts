import type { MailDependencies } from '../../../activities/dependencies';
import type { TestRegistry } from '../registry';

/** What it takes to send this registry's mail. Every mail counts as sent unless `mailer` says otherwise. */
export function mailDependencies(
  { pool, keys }: TestRegistry,
  mailer: Partial<MailDependencies['mailer']> = {},
  settings: Partial<MailDependencies['settings']> = {},
): MailDependencies {
  return {
    pool,
    keys,
    signal: () => AbortSignal.timeout(30_000),
    keycloak: { adminAccessUrl: () => 'https://login.example/admin' },
    mailer: { send: () => Promise.resolve(), classify: () => undefined, ...mailer },
    settings: {
      publicUrl: 'https://api.example.com',
      temporalNamespace: 'default',
      operatorMail: [],
      approverMail: [],
      ...settings,
    },
  };
}
