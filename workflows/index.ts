export { exportAuditHeads } from './audit';
export { backups, backUp } from './backup';
export { deliverMail } from './deliver-mail';
export { provisionTenant } from './provision-tenant';
export { reissueCredentials } from './reissue-credentials';
export { scanDue, scanTenant } from './scan';
export { sweep } from './sweep';
export { tendStorage } from './tend-storage';
