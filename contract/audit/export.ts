/** The workflow type that exports heads of audit trails. */
export const EXPORT_AUDIT_HEADS = 'exportAuditHeads';

/** Id of the Temporal Schedule that exports heads. The ids of its runs are this id followed by the time. */
export const AUDIT_SCHEDULE_ID = 'audit-heads';

/** Time limit of one export, in seconds; the next one continues where it stopped. */
export const AUDIT_EXPORT_SECONDS = 3600;
