import { createChangeAccess } from './access/change-access';
import { createAuditExport } from './audit/export-heads';
import { createBackup } from './backups/backup';
import { createBackupPlan } from './backups/plan';
import { createDomainChecks } from './identity/check-domains';
import { createConnectDomain } from './edge/connect-domain';
import { createMetadataRefresh } from './identity/refresh-metadata';
import { createConfigureSso } from './identity/configure-sso';
import { createConfiguration } from './provision/configuration';
import { createDatabase } from './provision/database';
import type { Dependencies } from './dependencies';
import { createEventUpkeep } from './maintenance/event-upkeep';
import { createFinalize } from './provision/finalize';
import { createIdentity } from './provision/identity';
import { createIntegrations } from './provision/integrations';
import type { Activities } from './operations/interface';
import type { ScanActivities } from './maintenance/interface-scan';
import type { BillingActivities, ComparisonActivities, InvoiceActivities } from './billing/interface';
import { createBillingWatch } from './billing/billing';
import { createComparison } from './billing/compare';
import { createInvoices } from './billing/invoices';
import type { AuditActivities } from './audit/interface';
import type { BackupActivities } from './backups/interface';
import type { MailActivities } from './notices/interface';
import type { SweepActivities } from './maintenance/interface-sweep';
import type { EventUpkeepActivities, StorageUpkeepActivities } from './maintenance/interface-upkeep';
import { createExport } from './removal/export/export-tenant';
import { mailBillingFindings } from './notices/billing-notice';
import { createExportMail } from './notices/export-notice';
import { deliverDue } from './notices/mail/mail-delivery';
import { createNotify } from './notices/notify';
import { createRunRecords } from './operations/run-records';
import { createOwnKey } from './provision/own-key';
import { createCertify } from './removal/certify';
import { createProof } from './removal/prove';
import { createReconcile } from './reconcile/reconcile';
import { createReissue } from './credentials/reissue';
import { createReserve } from './provision/reserve';
import { createRemoval } from './removal/remove';
import { createResolution } from './operations/resolution';
import { createScan } from './maintenance/scan';
import { createSecurity } from './provision/security';
import { createStorageAndCompute } from './provision/storage-and-compute';
import { createSweep } from './maintenance/sweep';
import { createStorageUpkeep } from './maintenance/storage-upkeep';
import type { TrialActivities } from './trials/interface';
import { createTrials } from './trials/trials';
import type { DomainActivities, MetadataActivities } from './identity/interface-domains';
import type { UsageActivities } from './usage/interface';
import { createUsage, sendLastUsage } from './usage/send';
import { createValidate } from './provision/validate';
import { createVerify } from './verification/verify';
import { createWebhookActivities } from './webhooks/attempt';
import type { WebhookActivities } from './webhooks/interface';

/** Builds every activity that the workflows call, on the given adapters. */
export function createActivities(
  dependencies: Dependencies,
): Activities &
  AuditActivities &
  BackupActivities &
  MailActivities &
  ScanActivities &
  SweepActivities &
  StorageUpkeepActivities &
  EventUpkeepActivities &
  BillingActivities &
  ComparisonActivities &
  InvoiceActivities &
  TrialActivities &
  DomainActivities &
  MetadataActivities &
  UsageActivities &
  WebhookActivities {
  return {
    ...createValidate(dependencies),
    ...createReserve(dependencies),
    ...createOwnKey(dependencies),
    ...createDatabase(dependencies),
    ...createStorageAndCompute(dependencies),
    ...createSecurity(dependencies),
    ...createConfiguration(dependencies),
    ...createIdentity(dependencies),
    ...createIntegrations(dependencies),
    ...createVerify(dependencies),
    ...createFinalize(dependencies),
    ...createChangeAccess(dependencies),
    ...createConfigureSso(dependencies),
    ...createConnectDomain(dependencies),
    ...createDomainChecks(dependencies),
    ...createMetadataRefresh(dependencies),
    ...createReconcile(dependencies),
    ...createRunRecords(dependencies),
    ...createNotify(dependencies),
    deliverDueMail: () => deliverDue(dependencies),
    ...createReissue(dependencies),
    ...createResolution(dependencies),
    ...createRemoval({ ...dependencies, sendLastUsage: (tenantId) => sendLastUsage(dependencies, tenantId) }),
    ...createSweep(dependencies),
    ...createScan(dependencies),
    ...createStorageUpkeep(dependencies),
    ...createEventUpkeep(dependencies),
    ...createAuditExport(dependencies),
    ...createBackupPlan(dependencies),
    ...createBackup(dependencies),
    ...createProof(dependencies),
    ...createCertify(dependencies),
    ...createExport(dependencies),
    ...createExportMail(dependencies),
    ...createBillingWatch(dependencies),
    ...createComparison(dependencies),
    ...createInvoices(dependencies),
    mailBillingFindings: () => mailBillingFindings(dependencies),
    ...createTrials(dependencies),
    ...createUsage(dependencies),
    ...createWebhookActivities(dependencies),
  };
}
