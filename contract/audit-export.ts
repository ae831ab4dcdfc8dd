/** The workflow type that exports heads of audit trails. */
export const EXPORT_AUDIT_HEADS = 'exportAuditHeads';

/** Id of the Temporal Schedule that exports heads, and of its runs, with the time behind it. */
export const AUDIT_SCHEDULE_ID = 'audit-heads';

/** Longest an export may take, in seconds; the next one goes on where it stopped. */
export const AUDIT_EXPORT_SECONDS = 3600;
