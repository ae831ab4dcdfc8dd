import { randomInt } from 'node:crypto';
import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';

/** Name of the temporary password among the resource's secrets. */
export const TEMPORARY_PASSWORD = 'temporaryPassword';

/** Minimum length of any password in the realm, in characters. */
export const MINIMUM_PASSWORD_LENGTH = 12;

// Without the look-alikes 0 O 1 l I, because people type this password from a screen.
const PASSWORD_ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';

/** A random password of at least {@link MINIMUM_PASSWORD_LENGTH} characters (5.8 bits each). */
export function newTemporaryPassword(length: number): string {
  const characters = Math.max(length, MINIMUM_PASSWORD_LENGTH);
  return Array.from({ length: characters }, () => PASSWORD_ALPHABET[randomInt(PASSWORD_ALPHABET.length)]!).join('');
}

/** Sets a password that must be changed at the next login. */
export async function setTemporaryPassword(client: KeycloakAdminClient, id: string, value: string): Promise<void> {
  await client.users.resetPassword({ id, credential: { type: 'password', temporary: true, value } });
}
