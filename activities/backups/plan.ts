import { randomUUID } from 'node:crypto';
import { backupIdOf } from '../../contract/backups/backups';
import { failBackup, findBackedUpTenant, obtainFirstBackup } from '../../registry/backups/backups';
import {
  closeForgottenBackups,
  findBackupTrouble,
  listSchedules,
  takeDueBackups,
  takeDueRestoreTests,
} from '../../registry/backups/due';
import { recordRestoreTest } from '../../registry/backups/restore-tests';
import { recordRestore } from '../../registry/backups/restores';
import { lastTurn } from '../../templates/schedule';
import type { Dependencies } from '../dependencies';
import type { BackupActivities } from './interface';

/** How many backups, and how many restore tests, one run of `backups` takes on before it continues as a new run. */
const AT_A_TIME = 100;

/** The activities that plan backups and restore tests and record their failures: short statements on the registry. */
export function createBackupPlan({
  backupRuns,
  pool,
}: Pick<Dependencies, 'backupRuns' | 'pool'>): Pick<
  BackupActivities,
  'requestFirstBackup' | 'planBackups' | 'recordBackupTrouble'
> {
  return {
    async requestFirstBackup({ operationId }) {
      const tenant = await findBackedUpTenant(pool, { operationId });
      if (!tenant?.template.backup) return;
      const { tenantId, region } = tenant;
      const fresh = { backupId: backupIdOf(randomUUID()), tenantId, region, requestedBy: 'workflow' };
      const backupId = await obtainFirstBackup(pool, fresh);
      if (backupId !== undefined) await backupRuns.begin({ backupId, tenantId, region, action: 'make' });
    },

    async planBackups() {
      await closeForgottenBackups(pool);
      const now = new Date();
      const turns = (await listSchedules(pool)).flatMap((schedule) => {
        const since = lastTurn(schedule, now);
        return since ? [{ schedule, since }] : [];
      });
      const backups = await takeDueBackups(pool, turns, AT_A_TIME);
      const tests = await takeDueRestoreTests(pool, AT_A_TIME);
      const more = [backups, tests].some(({ length }) => length === AT_A_TIME);
      return { tasks: [...backups, ...tests], more };
    },

    async recordBackupTrouble({ backupId, action, problem }) {
      if (action === 'make') await failBackup(pool, backupId, problem);
      else if (action === 'restore') await recordRestore(pool, backupId, problem);
      else await recordRestoreTest(pool, { backupId, provider: 'postgres', passed: false, answered: problem });
      const trouble = await findBackupTrouble(pool, { backupId, action });
      if (!trouble) return undefined;
      const { operationId, failures } = trouble;
      return { operationId, first: action === 'restore' || failures === 1, occurrence: Math.floor(Date.now() / 1_000) };
    },
  };
}
