/** Whose heads are exported. */
export interface AuditExport {
  region: string;
  /** Only this tenant's. */
  tenantId?: string;
}

/** What an export came to. */
export interface AuditExportResult {
  exported: number;
  /** Chains that are not what their newest head says. */
  discrepancies: number;
}

/** The activities that export heads of audit trails. */
export interface AuditActivities {
  /** Every region there is. */
  auditRegions(): Promise<string[]>;
  /**
   * Signs the heads of a region's chains that have moved and puts them into its vault. A chain that does not extend its newest head gets none
   * until an operator has accepted that: it is noted, and operators are told. Doing it twice is the same as once.
   */
  exportAuditHeads(input: AuditExport): Promise<AuditExportResult>;
}
