/** A call on behalf of one tenant. */
export interface DirectoryCall {
  tenantId: string;
  /** Aborts the call's requests. */
  signal: AbortSignal;
}

/** A person as the customer's own directory describes them. Texts are kept as they are given, except that e-mail addresses are lower-cased. */
export interface PersonDetails {
  /** Unique within the tenant, regardless of case. */
  userName: string;
  /** The id in the customer's own directory. */
  externalId?: string | undefined;
  displayName?: string | undefined;
  givenName?: string | undefined;
  familyName?: string | undefined;
  email?: string | undefined;
  /** A person who is not active cannot sign in. */
  active: boolean;
}

/** A person in a tenant's directory. */
export interface Person extends PersonDetails {
  id: string;
  createdAt: Date | undefined;
}

/** A group as the customer's own directory describes it. */
export interface GroupDetails {
  /** Unique within the tenant. */
  displayName: string;
  externalId?: string | undefined;
}

/** A group in a tenant's directory. */
export interface Group extends GroupDetails {
  id: string;
}

/** What a plan allows of a directory. */
export interface DirectoryPlan {
  /** Most people that the directory holds at once. */
  maxUsers: number;
  /** Groups of the plan that each new person joins. They must exist. */
  groups: readonly string[];
}

/** The part of a list that is wanted. */
export interface Window {
  /** Number of entries to leave out at the beginning. */
  first: number;
  max: number;
}

/** Part of a list. */
export interface Listed<T> {
  /** Length of the whole list. */
  total: number;
  entries: T[];
}

/** Which people are wanted: those with all of these values. */
export type PeopleQuery = Partial<Pick<Person, 'id' | 'userName' | 'externalId'>>;

/** Which groups are wanted: those with all of these values. */
export type GroupQuery = Partial<Pick<Group, 'id' | 'displayName' | 'externalId'>> & {
  /** Id of a person who is in the group. */
  member?: string;
};

/** Changes of a group's members, by the ids of people. */
export interface MemberChange {
  add: readonly string[];
  remove: readonly string[];
}

/**
 * The directories of the tenants at the identity provider: the people and groups that customers provision. A call sees and changes only what
 * was provisioned for its own tenant; anything else is absent to it. All calls may be repeated. They throw failures of the catalogue: when
 * the provider's answer is lost or unclear, the outcome is unknown, and no result is returned.
 */
export interface Directory {
  people: {
    /** In the order of their user names. */
    list(call: DirectoryCall, query: PeopleQuery, window: Window): Promise<Listed<Person>>;
    read(call: DirectoryCall, id: string): Promise<Person | undefined>;
    /** `full` if there are as many people as the plan allows; that is certain only if a tenant's people are created one after another. */
    create(
      call: DirectoryCall,
      details: PersonDetails,
      plan: DirectoryPlan,
    ): Promise<{ outcome: 'created'; person: Person } | { outcome: 'name-in-use' } | { outcome: 'full' }>;
    /** Replaces all details. Making a person inactive ends their sessions. */
    replace(
      call: DirectoryCall,
      id: string,
      details: PersonDetails,
    ): Promise<{ outcome: 'replaced'; person: Person } | { outcome: 'name-in-use' } | { outcome: 'absent' }>;
    /** Deletes the account with its sessions and memberships. False if there was none. */
    remove(call: DirectoryCall, id: string): Promise<boolean>;
  };
  groups: {
    list(call: DirectoryCall, query: GroupQuery, window: Window): Promise<Listed<Group>>;
    read(call: DirectoryCall, id: string): Promise<Group | undefined>;
    create(
      call: DirectoryCall,
      details: GroupDetails,
    ): Promise<{ outcome: 'created'; group: Group } | { outcome: 'name-in-use' } | { outcome: 'full' }>;
    replace(
      call: DirectoryCall,
      id: string,
      details: GroupDetails,
    ): Promise<{ outcome: 'replaced'; group: Group } | { outcome: 'name-in-use' } | { outcome: 'absent' }>;
    /** Deletes the group; its members stay. False if there was none. */
    remove(call: DirectoryCall, id: string): Promise<boolean>;
    /** Undefined if there is no such group. */
    members(call: DirectoryCall, id: string): Promise<Person[] | undefined>;
    /** Checks everyone to be added before it changes anything. Removing someone who is no member changes nothing. */
    changeMembers(
      call: DirectoryCall,
      id: string,
      change: MemberChange,
    ): Promise<'changed' | 'no-such-person' | 'absent'>;
  };
}
