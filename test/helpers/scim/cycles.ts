import type { Response } from 'supertest';
import type { ScimClient } from './client';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';

/**
 * A provisioning cycle of Microsoft Entra ID, request for request.
 * Source: https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups
 */
export async function entraCycle(client: ScimClient): Promise<void> {
  // “Test connection” asks for a user that does not exist.
  expect(await client.find('/Users', 'userName eq "5b1c9d1e-0000-4d30-9a4f-does-not-exist"')).toEqual([]);
  const created = await expecting(201, client.post('/Users', entraUser('Alice.Berg@acme.example', 'a1b2-entra')));
  const path = `/Users/${created['id'] as string}`;
  expect(created).toMatchObject({
    userName: 'Alice.Berg@acme.example',
    externalId: 'a1b2-entra',
    name: { givenName: 'Alice', familyName: 'Berg' },
    emails: [{ value: 'alice.berg@acme.example', type: 'work', primary: true }],
    active: true,
  });
  expect((await client.post('/Users', entraUser('alice.berg@acme.example', 'other'))).status).toBe(409);
  expect(await client.find('/Users', 'externalId eq "a1b2-entra"')).toMatchObject([{ id: created['id'] }]);
  // Paths with filters, capitalised operations, and attributes that we do not keep.
  const changed = await expecting(
    200,
    client.patch(
      path,
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'Alice.Bergman@acme.example' },
      { op: 'Replace', path: 'name.familyName', value: 'Bergman' },
      { op: 'Add', path: 'title', value: 'Engineer' },
      { op: 'Add', path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department', value: 'IT' },
      { op: 'Add', path: 'phoneNumbers[type eq "work"].value', value: '555-0100' },
    ),
  );
  expect(changed).toMatchObject({
    name: { givenName: 'Alice', familyName: 'Bergman' },
    emails: [{ value: 'alice.bergman@acme.example' }],
  });
  // Without a path, and with dotted names.
  const renamed = await expecting(
    200,
    client.patch(path, {
      op: 'Replace',
      value: { userName: 'alice.bergman@acme.example', 'name.givenName': 'Alicia', displayName: 'Alicia Bergman' },
    }),
  );
  expect(renamed).toMatchObject({
    userName: 'alice.bergman@acme.example',
    displayName: 'Alicia Bergman',
    name: { givenName: 'Alicia', familyName: 'Bergman' },
  });
  // Entra turns a person off with a text.
  const off = await expecting(200, client.patch(path, { op: 'Replace', path: 'active', value: 'False' }));
  expect(off['active']).toBe(false);
  const on = await expecting(200, client.patch(path, { op: 'Replace', path: 'active', value: 'True' }));
  expect(on['active']).toBe(true);
  await entraGroups(client, created['id'] as string);
  expect((await client.delete(path)).status).toBe(204);
  expect((await client.get(path)).status).toBe(404);
}

async function entraGroups(client: ScimClient, userId: string): Promise<void> {
  const filter = encodeURIComponent('displayName eq "Engineering"');
  const none = await expecting(200, client.get(`/Groups?excludedAttributes=members&filter=${filter}`));
  expect(none['totalResults']).toBe(0);
  const group = await expecting(
    201,
    client.post('/Groups', {
      externalId: '8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159',
      schemas: [GROUP, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
      displayName: 'Engineering',
      meta: { resourceType: 'Group' },
    }),
  );
  const path = `/Groups/${group['id'] as string}`;
  expect((await client.patch(path, { op: 'Add', path: 'members', value: [{ value: userId }] })).status).toBe(204);
  expect(await client.find('/Groups', `id eq "${group['id'] as string}" and members eq "${userId}"`)).toHaveLength(1);
  const full = await expecting(200, client.get(path));
  expect(full['members']).toMatchObject([{ value: userId }]);
  expect((await client.patch(path, { op: 'Replace', path: 'displayName', value: 'Platform' })).status).toBe(204);
  expect((await client.patch(path, { op: 'Remove', path: 'members', value: [{ value: userId }] })).status).toBe(204);
  const emptied = await expecting(200, client.get(`${path}?excludedAttributes=members`));
  expect(emptied).not.toHaveProperty('members');
  expect(await expecting(200, client.get(path))).toMatchObject({ displayName: 'Platform', members: [] });
  expect((await client.delete(path)).status).toBe(204);
}

/**
 * A provisioning cycle of Okta, request for request.
 * Source: https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20/
 */
export async function oktaCycle(client: ScimClient): Promise<void> {
  const firstPage = await expecting(200, client.get('/Users?startIndex=1&count=2'));
  expect(firstPage).toMatchObject({ schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], startIndex: 1 });
  expect(await client.find('/Users', 'userName eq "test.user@okta.local"')).toEqual([]);
  const user = {
    schemas: [USER],
    userName: 'test.user@okta.local',
    name: { givenName: 'Test', familyName: 'User' },
    emails: [{ primary: true, value: 'test.user@okta.local', type: 'work' }],
    displayName: 'Test User',
    locale: 'en-US',
    externalId: '00ujl29u0le5T6Aj10h7',
    groups: [],
    password: 'Never-kept-1',
    active: true,
  };
  const created = await expecting(201, client.post('/Users', user));
  expect(JSON.stringify(created)).not.toContain('Never-kept-1');
  const path = `/Users/${created['id'] as string}`;
  await expecting(200, client.get(path));
  // Okta updates with PUT, and sends the id along.
  const moved = {
    ...user,
    id: created['id'],
    name: { givenName: 'Another', middleName: 'Excited', familyName: 'User' },
  };
  expect(await expecting(200, client.put(path, moved))).toMatchObject({
    id: created['id'],
    name: { givenName: 'Another', familyName: 'User' },
  });
  const off = await expecting(200, client.patch(path, { op: 'replace', value: { active: false } }));
  expect(off['active']).toBe(false);
  const on = await expecting(200, client.patch(path, { op: 'replace', value: { active: true } }));
  expect(on['active']).toBe(true);
  const id = created['id'] as string;
  const group = await expecting(
    201,
    client.post('/Groups', { schemas: [GROUP], displayName: 'Test SCIMv2', members: [] }),
  );
  const groupPath = `/Groups/${group['id'] as string}`;
  await expecting(200, client.get('/Groups?startIndex=1&count=100'));
  const add = { op: 'add', path: 'members', value: [{ value: id, display: 'test.user@okta.local' }] };
  expect((await client.patch(groupPath, add)).status).toBe(204);
  const rename = { op: 'replace', value: { id: group['id'], displayName: 'Renamed' } };
  expect((await client.patch(groupPath, rename)).status).toBe(204);
  const remove = { op: 'remove', path: `members[value eq "${id}"]` };
  expect((await client.patch(groupPath, remove)).status).toBe(204);
  const replaceAll = { op: 'replace', path: 'members', value: [{ value: id }] };
  expect((await client.patch(groupPath, replaceAll)).status).toBe(204);
  expect(await expecting(200, client.get(groupPath))).toMatchObject({
    displayName: 'Renamed',
    members: [{ value: id, type: 'User' }],
  });
  const put = { schemas: [GROUP], id: group['id'], displayName: 'Renamed', members: [] };
  expect(await expecting(200, client.put(groupPath, put))).toMatchObject({ members: [] });
  expect((await client.delete(groupPath)).status).toBe(204);
  // Okta deactivates and never deletes.
  expect((await expecting(200, client.put(path, { ...moved, active: false })))['active']).toBe(false);
}

function entraUser(userName: string, externalId: string): object {
  return {
    schemas: [USER, 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'],
    externalId,
    userName,
    active: true,
    emails: [{ primary: true, type: 'work', value: userName }],
    meta: { resourceType: 'User' },
    name: { formatted: 'Alice Berg', familyName: 'Berg', givenName: 'Alice' },
    roles: [],
  };
}

async function expecting(status: number, response: Promise<Response>): Promise<Record<string, unknown>> {
  const { status: got, body } = await response;
  expect({ status: got, body: body as unknown }).toMatchObject({ status });
  return body as Record<string, unknown>;
}
