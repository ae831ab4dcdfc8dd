import { GROUP_SCHEMA } from './groups/group-resource';
import { USER_SCHEMA } from './users/user-resource';

interface Attribute {
  name: string;
  type: 'string' | 'boolean' | 'complex' | 'reference';
  description: string;
  multiValued: boolean;
  required: boolean;
  caseExact: boolean;
  mutability: 'readWrite' | 'readOnly' | 'immutable';
  returned: 'default';
  uniqueness: 'none' | 'server';
  subAttributes?: Attribute[];
  referenceTypes?: string[];
  canonicalValues?: string[];
}

function attribute(
  name: string,
  description: string,
  more: Partial<Omit<Attribute, 'name' | 'description'>> = {},
): Attribute {
  return {
    name,
    type: 'string',
    description,
    multiValued: false,
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...more,
  };
}

/** The schemas as far as a directory keeps their attributes, RFC 7643 §7. */
export const SCHEMAS: readonly { id: string; name: string; description: string; attributes: Attribute[] }[] = [
  {
    id: USER_SCHEMA,
    name: 'User',
    description: 'A person of the tenant.',
    attributes: [
      attribute('userName', 'Unique within the tenant, regardless of case.', { required: true, uniqueness: 'server' }),
      attribute('displayName', 'The name as it is shown.'),
      attribute('name', 'The parts of the name.', {
        type: 'complex',
        subAttributes: [attribute('familyName', 'The family name.'), attribute('givenName', 'The given name.')],
      }),
      attribute('emails', 'The e-mail address. One is kept: the primary one, otherwise the one for work.', {
        type: 'complex',
        multiValued: true,
        subAttributes: [
          attribute('value', 'The address, in lower case.'),
          attribute('type', 'Always work.', { canonicalValues: ['work'] }),
          attribute('primary', 'Always true.', { type: 'boolean' }),
        ],
      }),
      // Required as every user has it; a client that leaves it out gets its default.
      attribute('active', 'Whether the person may sign in; true if it is left out.', {
        type: 'boolean',
        required: true,
      }),
    ],
  },
  {
    id: GROUP_SCHEMA,
    name: 'Group',
    description: 'A group of people.',
    attributes: [
      attribute('displayName', 'Unique within the tenant.', { required: true, uniqueness: 'server' }),
      attribute('members', 'The people in the group.', {
        type: 'complex',
        multiValued: true,
        subAttributes: [
          attribute('value', 'The id of the user.', { mutability: 'immutable', caseExact: true }),
          attribute('$ref', 'The URL of the user.', {
            type: 'reference',
            referenceTypes: ['User'],
            mutability: 'immutable',
            caseExact: true,
          }),
          attribute('type', 'Always User.', { mutability: 'immutable', canonicalValues: ['User'] }),
        ],
      }),
    ],
  },
];
