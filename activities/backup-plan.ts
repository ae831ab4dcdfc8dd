import { randomUUID } from 'node:crypto';
import { backupIdOf } from '../contract/backups';
import { failBackup, findBackedUpTenant, obtainFirstBackup } from '../registry/backups';
import {
  closeForgottenBackups,
  findBackupTrouble,
  listSchedules,
  takeDueBackups,
  takeDueRestoreTests,
} from '../registry/due-backups';
import { recordRestoreTest } from '../registry/restore-tests';
import { recordRestore } from '../registry/restores';
import { lastTurn } from '../templates/schedule';
import type { Dependencies } from './dependencies';
import type { BackupActivities } from './interface-backup';

/** Backups, and restore tests, that one run of `backups` takes on before it is continued as a new one. */
const AT_A_TIME = 100;

/** What is to be backed up or tested and when, and what went wrong: short statements on the registry. */
export function createBackupPlan({
  backupRuns,
  pool,
}: Dependencies): Pick<BackupActivities, 'requestFirstBackup' | 'planBackups' | 'recordBackupTrouble'> {
  return {
    async requestFirstBackup({ operationId }) {
      const tenant = await findBackedUpTenant(pool, { operationId });
      if (!tenant?.template.backup) return;
      const { tenantId, region } = tenant;
      const fresh = { backupId: backupIdOf(randomUUID()), tenantId, region, requestedBy: 'workflow' };
      const backupId = await obtainFirstBackup(pool, fresh);
      if (backupId !== undefined) await backupRuns.begin({ backupId, tenantId, region, deed: 'make' });
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

    async recordBackupTrouble({ backupId, deed, problem }) {
      if (deed === 'make') await failBackup(pool, backupId, problem);
      else if (deed === 'restore') await recordRestore(pool, backupId, problem);
      else await recordRestoreTest(pool, { backupId, provider: 'postgres', passed: false, answered: problem });
      const trouble = await findBackupTrouble(pool, { backupId, deed });
      if (!trouble) return undefined;
      const { operationId, failures } = trouble;
      return { operationId, first: deed === 'restore' || failures === 1, occurrence: Math.floor(Date.now() / 1_000) };
    },
  };
}
