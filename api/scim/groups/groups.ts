import type { Group, GroupDetails, GroupQuery, MemberChange } from '../../../providers/port/directory';
import type { ScimAnswer } from '../answer';
import { noResource, ScimError } from '../errors';
import { parseFilter } from '../filter';
import { groupOf, viewGroup } from './group-resource';
import { patchGroup } from './group-patch';
import { isId } from '../ids';
import { operationsOf } from '../patch';
import type { ScimContext } from '../tenant';
import { type Asked, listResponse, pick, wants, windowOf } from '../window';

/** Attributes of groups by which they can be found. */
const FOUND_BY = ['id', 'displayname', 'externalid', 'members', 'members.value'] as const;

/** `GET /Groups`. Members are read only if they are wanted, because each group takes a request of its own. */
export async function listGroups(context: ScimContext, request: Asked): Promise<ScimAnswer> {
  const { call, directory } = context;
  const window = windowOf(request);
  const { total, entries } = await directory.groups.list(call, queryOf(request), window);
  const groups: object[] = [];
  for (const group of entries) groups.push(await view(context, request, group));
  return { status: 200, body: listResponse(total, window, groups) };
}

/** `GET /Groups/{id}`. */
export async function readGroup(context: ScimContext, request: Asked, id: string): Promise<ScimAnswer> {
  return { status: 200, body: await view(context, request, await existing(context, id)) };
}

/** `POST /Groups`. If one of the members does not exist, the group is not created. */
export async function createGroup(context: ScimContext, request: Asked, body: unknown): Promise<ScimAnswer> {
  const { call, directory, baseUrl } = context;
  const { details, members = [] } = groupOf(body);
  const made = await directory.groups.create(call, details);
  if (made.outcome === 'name-in-use') throw nameInUse();
  if (made.outcome === 'full') throw new ScimError(403, 'The directory has the largest possible number of groups.');
  if (members.length > 0)
    await changeMembers(context, made.group.id, { add: members, remove: [] }, () =>
      directory.groups.remove(call, made.group.id),
    );
  const location = viewGroup(baseUrl, made.group, undefined).meta.location;
  return { status: 201, body: await view(context, request, made.group), location };
}

/** `PUT /Groups/{id}`: a body without members empties the group. */
export async function replaceGroup(
  context: ScimContext,
  request: Asked,
  id: string,
  body: unknown,
): Promise<ScimAnswer> {
  const { details, members = [] } = groupOf(body);
  const before = await existing(context, id);
  await replace(context, id, details);
  await changeMembers(context, id, await replacement(context, id, members), () => replace(context, id, before));
  return readGroup(context, request, id);
}

/** `PATCH /Groups/{id}`. The answer is empty, as RFC 7644 §3.5.2 allows, because a group may have thousands of members. */
export async function changeGroup(context: ScimContext, id: string, body: unknown): Promise<ScimAnswer> {
  const operations = operationsOf(body);
  const before = await existing(context, id);
  const { details, replacesMembers, add, remove } = patchGroup(before, operations);
  if (details.displayName !== before.displayName || details.externalId !== before.externalId)
    await replace(context, id, details);
  const change = replacesMembers
    ? await replacement(context, id, [...add])
    : { add: [...add], remove: [...remove].filter(isId) };
  if (change.add.length + change.remove.length > 0)
    await changeMembers(context, id, change, () => replace(context, id, before));
  return { status: 204 };
}

/** `DELETE /Groups/{id}`. */
export async function removeGroup({ call, directory }: ScimContext, id: string): Promise<ScimAnswer> {
  if (!isId(id) || !(await directory.groups.remove(call, id))) throw noResource();
  return { status: 204 };
}

function queryOf({ query }: Asked): GroupQuery {
  const { filter } = query;
  if (filter === undefined || filter === '') return {};
  if (typeof filter !== 'string') throw new ScimError(400, 'There can be one filter.', 'invalidFilter');
  const { id, displayname, externalid, members, 'members.value': value } = parseFilter(filter, FOUND_BY);
  const member = members ?? value;
  if (member !== undefined && !isId(member)) return { id: 'none' };
  return {
    ...(id === undefined ? {} : { id }),
    ...(displayname === undefined ? {} : { displayName: displayname }),
    ...(externalid === undefined ? {} : { externalId: externalid }),
    ...(member === undefined ? {} : { member }),
  };
}

async function existing({ call, directory }: ScimContext, id: string): Promise<Group> {
  const group = isId(id) ? await directory.groups.read(call, id) : undefined;
  if (!group) throw noResource();
  return group;
}

async function view({ call, directory, baseUrl }: ScimContext, request: Asked, group: Group): Promise<object> {
  const members = wants(request, 'members') ? await directory.groups.members(call, group.id) : undefined;
  return pick(request, viewGroup(baseUrl, group, members));
}

async function replace({ call, directory }: ScimContext, id: string, details: GroupDetails): Promise<void> {
  const made = await directory.groups.replace(call, id, details);
  if (made.outcome === 'absent') throw noResource();
  if (made.outcome === 'name-in-use') throw nameInUse();
}

/** The change after which a group has exactly these members. */
async function replacement(context: ScimContext, id: string, wanted: readonly string[]): Promise<MemberChange> {
  const members = (await context.directory.groups.members(context.call, id)) ?? [];
  const before = new Set(members.map((person) => person.id));
  const after = new Set(wanted);
  return {
    add: wanted.filter((each) => !before.has(each)),
    remove: [...before].filter((each) => !after.has(each)),
  };
}

/** Changes members. If one of them does not exist, none is changed, and `undo` takes back what the request has changed before. */
async function changeMembers(
  { call, directory }: ScimContext,
  id: string,
  change: MemberChange,
  undo: () => Promise<unknown>,
): Promise<void> {
  const outcome = change.add.every(isId) ? await directory.groups.changeMembers(call, id, change) : 'no-such-person';
  if (outcome === 'absent') throw noResource();
  if (outcome === 'changed') return;
  await undo();
  throw noSuchMember();
}

function noSuchMember(): ScimError {
  return new ScimError(400, 'A member is not a user of this directory. Only users can be members.', 'invalidValue');
}

function nameInUse(): ScimError {
  return new ScimError(409, 'Another group of this directory has the displayName.', 'uniqueness');
}
