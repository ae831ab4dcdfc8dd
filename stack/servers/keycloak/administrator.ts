import type { AdminCall } from './admin-call';

/** Ensures that the realm `master` has an administrator, who can sign in to the admin console with this password. */
export async function ensureAdministrator(
  call: AdminCall,
  { adminUser, adminPassword }: { adminUser: string; adminPassword: string },
): Promise<void> {
  const find = async (): Promise<{ id: string } | undefined> =>
    ((await call('GET', `/master/users?exact=true&username=${adminUser}`)) as { id: string }[])[0];
  if (!(await find())) {
    const credentials = [{ type: 'password', value: adminPassword, temporary: false }];
    await call('POST', '/master/users', { username: adminUser, enabled: true, credentials });
  }
  const user = await find();
  await call('POST', `/master/users/${user?.id}/role-mappings/realm`, [await call('GET', '/master/roles/admin')]);
}
