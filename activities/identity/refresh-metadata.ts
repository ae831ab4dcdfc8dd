import { RECHECK_SECONDS, METADATA_CALLER, type DomainCounts } from '../../contract/identity/domain-checks';
import type { SamlProvider } from '../../contract/identity/sso';
import { listMetadataToRead, recordMetadata, type MetadataToRead } from '../../registry/identity/metadata';
import type { Dependencies } from '../dependencies';
import { sideBySide } from '../removal/side-by-side';
import { acceptSso } from './accept-sso';
import type { MetadataActivities } from './interface-domains';

/** Connections of one activity, and those whose metadata are read at the same time. */
const PORTION = 100;
const AT_A_TIME = 8;

/** Reads SAML metadata again, and has an operation put in place what has changed in them. */
export function createMetadataRefresh({
  keys,
  pool,
  signal,
  ssoProbe,
}: Pick<Dependencies, 'keys' | 'pool' | 'signal' | 'ssoProbe'>): MetadataActivities {
  async function refresh({ tenantId, operationId, settings }: MetadataToRead, counts: Partial<DomainCounts>) {
    const count = (name: keyof DomainCounts): void => void (counts[name] = (counts[name] ?? 0) + 1);
    const { saml } = await ssoProbe.readMetadata({ metadataUrl: settings.metadataUrl }, signal());
    if (saml?.entityId !== settings.saml.entityId) {
      count('unusable');
      return recordMetadata(pool, { tenantId, operationId, problem: saml ? 'other-entity' : 'unreadable' });
    }
    if (!isSame(saml, settings.saml)) {
      if (!(await acceptSso({ keys, pool }, { tenantId, caller: METADATA_CALLER, connection: { ...settings, saml } })))
        return;
      count('renewed');
    }
    await recordMetadata(pool, { tenantId, operationId, problem: null });
  }

  return {
    async refreshMetadata() {
      const due = await listMetadataToRead(pool, RECHECK_SECONDS, PORTION);
      const counts: Partial<DomainCounts> = {};
      await sideBySide(
        AT_A_TIME,
        due.map((connection) => () => refresh(connection, counts)),
      );
      return counts;
    },
  };
}

/** Whether metadata say the same, in whatever order they list certificates. */
function isSame(read: SamlProvider, present: SamlProvider): boolean {
  const textOf = ({ signOnUrl, binding, certificates }: SamlProvider): string =>
    JSON.stringify([signOnUrl, binding, [...certificates].sort()]);
  return textOf(read) === textOf(present);
}
