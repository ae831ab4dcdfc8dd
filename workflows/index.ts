export { provisionTenant } from './provision-tenant';
export { reissueCredentials } from './reissue-credentials';
export { sweep } from './sweep';
export { tendStorage } from './tend-storage';
