import { createBackup } from './backup';
import { createBackupPlan } from './backup-plan';
import { createConfiguration } from './configuration';
import { createDatabase } from './database';
import type { Dependencies } from './dependencies';
import { createFinalize } from './finalize';
import { createIdentity } from './identity';
import { createIntegrations } from './integrations';
import type { Activities } from './interface';
import type { BackupActivities } from './interface-backup';
import type { SweepActivities } from './interface-sweep';
import { createNotify } from './notify';
import { createOutcome } from './outcome';
import { createOwnKey } from './own-key';
import { createReissue } from './reissue';
import { createReserve } from './reserve';
import { createResolution } from './resolution';
import { createSecurity } from './security';
import { createStorageAndCompute } from './storage-and-compute';
import { createSweep } from './sweep';
import { createValidate } from './validate';
import { createVerify } from './verify';

/** Everything the workflows call, on the adapters given. */
export function createActivities(dependencies: Dependencies): Activities & SweepActivities & BackupActivities {
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
    ...createReissue(dependencies),
    ...createResolution(dependencies),
    ...createSweep(dependencies),
    ...createBackupPlan(dependencies),
    ...createBackup(dependencies),
  };
}
