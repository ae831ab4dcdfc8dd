/** Kind of the ledger row of a tenant's account, under whose name its key is stored. */
export const MONITORING_ACCOUNT = 'monitoring-account';

/** Name of the key among the secrets of the account. */
export const MONITORING_KEY = 'key';
