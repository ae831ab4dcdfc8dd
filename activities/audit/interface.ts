/** Which heads to export. */
export interface AuditExport {
  region: string;
  /** Only this tenant's head. */
  tenantId?: string;
}

/** The result of an export. */
export interface AuditExportResult {
  exported: number;
  /** Chains that do not match their newest head. */
  discrepancies: number;
}

/** The activities that export heads of audit trails. */
export interface AuditActivities {
  /** The names of all regions. */
  auditRegions(): Promise<string[]>;
  /**
   * Signs the heads of a region's chains that have new entries and puts them into the region's vault. A chain that does not extend its
   * newest head gets no new one until an operator has accepted that; the discrepancy is recorded and mailed to the operators. Doing it
   * twice is the same as doing it once.
   */
  exportAuditHeads(input: AuditExport): Promise<AuditExportResult>;
}
