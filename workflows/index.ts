export { provisionTenant } from './provision-tenant';
export { reissueCredentials } from './reissue-credentials';
