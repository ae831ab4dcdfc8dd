import { noResource } from './errors';
import { GROUP_SCHEMA, MOST_MEMBERS } from './groups/group-resource';
import { SCHEMAS } from './schemas';
import { USER_SCHEMA } from './users/user-resource';
import { LARGEST_PAGE, listResponse } from './window';

const SCHEMA_OF_TYPES = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType';

/** Largest body of a SCIM request, in bytes: a group with {@link MOST_MEMBERS} members. */
export const SCIM_BODY_LIMIT = MOST_MEMBERS * 200;

/** `GET /ServiceProviderConfig`, RFC 7643 §5. */
export function serviceProviderConfig(baseUrl: string): object {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: LARGEST_PAGE },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: false },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'A token of the tenant, which the provider of the product creates.',
        specUri: 'https://www.rfc-editor.org/info/rfc6750',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  };
}

/** `GET /ResourceTypes` and `GET /ResourceTypes/{id}`, RFC 7643 §6. */
export function resourceTypes(baseUrl: string, id: string | undefined): object {
  const types = [
    { id: 'User', name: 'User', endpoint: '/Users', description: 'A person of the tenant.', schema: USER_SCHEMA },
    { id: 'Group', name: 'Group', endpoint: '/Groups', description: 'A group of people.', schema: GROUP_SCHEMA },
  ].map((type) => ({
    schemas: [SCHEMA_OF_TYPES],
    ...type,
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${type.id}` },
  }));
  return oneOrAll(types, id);
}

/** `GET /Schemas` and `GET /Schemas/{id}`, RFC 7643 §7. */
export function schemas(baseUrl: string, id: string | undefined): object {
  const all = SCHEMAS.map((schema) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    ...schema,
    meta: { resourceType: 'Schema', location: `${baseUrl}/Schemas/${schema.id}` },
  }));
  return oneOrAll(all, id);
}

function oneOrAll(resources: readonly { id: string }[], id: string | undefined): object {
  if (id === undefined) return listResponse(resources.length, { first: 0 }, resources);
  const found = resources.find((resource) => resource.id === id);
  if (!found) throw noResource();
  return found;
}
