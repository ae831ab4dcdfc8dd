import { randomUUID } from 'node:crypto';
import { setImmediate as nextTick } from 'node:timers/promises';
import type { Directory, Group, Person } from '../../../providers/port/directory';

interface Tenant {
  people: Map<string, Person>;
  groups: Map<string, Group & { members: Set<string> }>;
}

/** Directories in memory, with the promises of the port. `failing` makes every call throw it. */
export class MemoryDirectory implements Directory {
  readonly #tenants = new Map<string, Tenant>();
  failing: Error | undefined;

  people: Directory['people'] = {
    list: async ({ tenantId }, query, { first, max }) => {
      const found = [...this.#of(tenantId).people.values()]
        .filter(
          (person) =>
            (query.id === undefined || person.id === query.id) &&
            (query.userName === undefined || isSame(person.userName, query.userName)) &&
            (query.externalId === undefined || person.externalId === query.externalId),
        )
        .sort((a, b) => (a.userName < b.userName ? -1 : 1));
      return { total: found.length, entries: found.slice(first, first + max) };
    },
    read: async ({ tenantId }, id) => this.#of(tenantId).people.get(id),
    create: async ({ tenantId }, details, { maxUsers }) => {
      const { people } = this.#of(tenantId);
      if ([...people.values()].some(({ userName }) => isSame(userName, details.userName)))
        return { outcome: 'name-in-use' };
      if (people.size >= maxUsers) return { outcome: 'full' };
      // An identity provider answers the count before it is asked to create.
      await nextTick();
      const person = { ...details, email: details.email?.toLowerCase(), id: randomUUID(), createdAt: new Date() };
      people.set(person.id, person);
      return { outcome: 'created', person };
    },
    replace: async ({ tenantId }, id, details) => {
      const { people } = this.#of(tenantId);
      const before = people.get(id);
      if (!before) return { outcome: 'absent' };
      if ([...people.values()].some((other) => other.id !== id && isSame(other.userName, details.userName)))
        return { outcome: 'name-in-use' };
      const person = { ...details, email: details.email?.toLowerCase(), id, createdAt: before.createdAt };
      people.set(id, person);
      return { outcome: 'replaced', person };
    },
    remove: async ({ tenantId }, id) => {
      const { people, groups } = this.#of(tenantId);
      for (const group of groups.values()) group.members.delete(id);
      return people.delete(id);
    },
  };

  groups: Directory['groups'] = {
    list: async ({ tenantId }, query, { first, max }) => {
      const found = [...this.#of(tenantId).groups.values()].filter(
        (group) =>
          (query.id === undefined || group.id === query.id) &&
          (query.displayName === undefined || isSame(group.displayName, query.displayName)) &&
          (query.externalId === undefined || group.externalId === query.externalId) &&
          (query.member === undefined || group.members.has(query.member)),
      );
      return { total: found.length, entries: found.slice(first, first + max) };
    },
    read: async ({ tenantId }, id) => this.#of(tenantId).groups.get(id),
    create: async ({ tenantId }, details) => {
      const { groups } = this.#of(tenantId);
      if ([...groups.values()].some(({ displayName }) => displayName === details.displayName))
        return { outcome: 'name-in-use' };
      const group = { ...details, id: randomUUID(), members: new Set<string>() };
      groups.set(group.id, group);
      return { outcome: 'created', group };
    },
    replace: async ({ tenantId }, id, details) => {
      const { groups } = this.#of(tenantId);
      const before = groups.get(id);
      if (!before) return { outcome: 'absent' };
      if ([...groups.values()].some((other) => other.id !== id && other.displayName === details.displayName))
        return { outcome: 'name-in-use' };
      const group = { ...details, id, members: before.members };
      groups.set(id, group);
      return { outcome: 'replaced', group };
    },
    remove: async ({ tenantId }, id) => this.#of(tenantId).groups.delete(id),
    members: async ({ tenantId }, id) => {
      const { groups, people } = this.#of(tenantId);
      const members = groups.get(id)?.members;
      return members && [...members].map((member) => people.get(member)!);
    },
    changeMembers: async ({ tenantId }, id, { add, remove }) => {
      const { groups, people } = this.#of(tenantId);
      const members = groups.get(id)?.members;
      if (!members) return 'absent';
      if (!add.every((each) => people.has(each))) return 'no-such-person';
      add.forEach((each) => members.add(each));
      remove.forEach((each) => members.delete(each));
      return 'changed';
    },
  };

  #of(tenantId: string): Tenant {
    if (this.failing) throw this.failing;
    const tenant = this.#tenants.get(tenantId) ?? { people: new Map(), groups: new Map() };
    this.#tenants.set(tenantId, tenant);
    return tenant;
  }
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
