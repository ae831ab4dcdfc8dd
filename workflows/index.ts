export { backups, backUp } from './backup';
export { provisionTenant } from './provision-tenant';
export { reissueCredentials } from './reissue-credentials';
export { sweep } from './sweep';
