import type { Person, PeopleQuery, PersonDetails } from '../../../providers/port/directory';
import type { ScimAnswer } from '../answer';
import { noResource, ScimError } from '../errors';
import { parseFilter } from '../filter';
import { isId } from '../ids';
import { operationsOf } from '../patch';
import type { ScimContext } from '../tenant';
import { patchUser } from './user-patch';
import { detailsOf, valuesOf, valuesOfPerson, viewUser } from './user-resource';
import { type Asked, listResponse, pick, windowOf } from '../window';

/** Attributes of users by which they can be found. */
const FOUND_BY = ['id', 'username', 'externalid'] as const;

/** `GET /Users`. */
export async function listUsers({ call, directory, baseUrl }: ScimContext, request: Asked): Promise<ScimAnswer> {
  const window = windowOf(request);
  const { total, entries } = await directory.people.list(call, queryOf(request), window);
  const users = entries.map((person) => pick(request, viewUser(baseUrl, person)));
  return { status: 200, body: listResponse(total, window, users) };
}

/** `GET /Users/{id}`. */
export async function readUser(context: ScimContext, request: Asked, id: string): Promise<ScimAnswer> {
  return answer(context, request, await existing(context, id));
}

/** `POST /Users`. */
export async function createUser(context: ScimContext, request: Asked, body: unknown): Promise<ScimAnswer> {
  const { call, directory, plan, baseUrl } = context;
  const made = await directory.people.create(call, detailsOf(valuesOf(body)), plan);
  if (made.outcome === 'name-in-use') throw nameInUse();
  if (made.outcome === 'full')
    throw new ScimError(
      403,
      `The plan allows ${plan.maxUsers} people in the directory, and there are as many. Remove some, or order a larger plan.`,
    );
  const user = viewUser(baseUrl, made.person);
  return { status: 201, body: pick(request, user), location: user.meta.location };
}

/** `PUT /Users/{id}`: attributes that the body lacks are cleared. */
export async function replaceUser(
  context: ScimContext,
  request: Asked,
  id: string,
  body: unknown,
): Promise<ScimAnswer> {
  if (!isId(id)) throw noResource();
  return answer(context, request, await replace(context, id, detailsOf(valuesOf(body))));
}

/** `PATCH /Users/{id}`. */
export async function changeUser(context: ScimContext, request: Asked, id: string, body: unknown): Promise<ScimAnswer> {
  const operations = operationsOf(body);
  const before = await existing(context, id);
  const details = detailsOf(patchUser(valuesOfPerson(before), operations));
  return answer(context, request, await replace(context, id, details));
}

/** `DELETE /Users/{id}`. */
export async function removeUser({ call, directory }: ScimContext, id: string): Promise<ScimAnswer> {
  if (!isId(id) || !(await directory.people.remove(call, id))) throw noResource();
  return { status: 204 };
}

function queryOf({ query }: Asked): PeopleQuery {
  const { filter } = query;
  if (filter === undefined || filter === '') return {};
  if (typeof filter !== 'string') throw new ScimError(400, 'There can be one filter.', 'invalidFilter');
  const { id, username, externalid } = parseFilter(filter, FOUND_BY);
  // No one has an id of another form, or an external id that could not be stored.
  const isImpossible = (id !== undefined && !isId(id)) || (externalid !== undefined && /["\\\p{Cc}]/u.test(externalid));
  if (isImpossible) return { id: NO_ONE };
  return {
    ...(id === undefined ? {} : { id }),
    ...(username === undefined ? {} : { userName: username }),
    ...(externalid === undefined ? {} : { externalId: externalid }),
  };
}

/** An id that no account has. */
const NO_ONE = '00000000-0000-0000-0000-000000000000';

async function existing({ call, directory }: ScimContext, id: string): Promise<Person> {
  const person = isId(id) ? await directory.people.read(call, id) : undefined;
  if (!person) throw noResource();
  return person;
}

async function replace({ call, directory }: ScimContext, id: string, details: PersonDetails): Promise<Person> {
  const made = await directory.people.replace(call, id, details);
  if (made.outcome === 'absent') throw noResource();
  if (made.outcome === 'name-in-use') throw nameInUse();
  return made.person;
}

function answer({ baseUrl }: ScimContext, request: Asked, person: Person): ScimAnswer {
  return { status: 200, body: pick(request, viewUser(baseUrl, person)) };
}

function nameInUse(): ScimError {
  return new ScimError(409, 'Another user of this directory has the userName.', 'uniqueness');
}
