import { createAuditExport } from './audit-export';
import { createBackup } from './backup';
import { createBackupPlan } from './backup-plan';
import { createConfiguration } from './configuration';
import { createDatabase } from './database';
import type { Dependencies } from './dependencies';
import { createFinalize } from './finalize';
import { createIdentity } from './identity';
import { createIntegrations } from './integrations';
import type { Activities } from './interface';
import type { ScanActivities } from './interface-scan';
import type { AuditActivities } from './interface-audit';
import type { BackupActivities } from './interface-backup';
import type { MailActivities } from './interface-mail';
import type { SweepActivities } from './interface-sweep';
import type { TendingActivities } from './interface-tending';
import { deliverDue } from './mail-delivery';
import { createNotify } from './notify';
import { createOutcome } from './outcome';
import { createOwnKey } from './own-key';
import { createReissue } from './reissue';
import { createReserve } from './reserve';
import { createResolution } from './resolution';
import { createScan } from './scan';
import { createSecurity } from './security';
import { createStorageAndCompute } from './storage-and-compute';
import { createSweep } from './sweep';
import { createTendStorage } from './tend-storage';
import { createValidate } from './validate';
import { createVerify } from './verify';

/** Everything the workflows call, on the adapters given. */
export function createActivities(
  dependencies: Dependencies,
): Activities &
  AuditActivities &
  BackupActivities &
  MailActivities &
  ScanActivities &
  SweepActivities &
  TendingActivities {
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
    ...createOutcome(dependencies),
    ...createNotify(dependencies),
    deliverDueMail: () => deliverDue(dependencies),
    ...createReissue(dependencies),
    ...createResolution(dependencies),
    ...createSweep(dependencies),
    ...createScan(dependencies),
    ...createTendStorage(dependencies),
    ...createAuditExport(dependencies),
    ...createBackupPlan(dependencies),
    ...createBackup(dependencies),
  };
}
