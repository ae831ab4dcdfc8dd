import type { Dependencies, StorageWith } from '../../dependencies';
import type { FactsDependencies } from './facts';

/** What the activities of an export take. */
export interface ExportDependencies extends FactsDependencies, Pick<Dependencies, 'signal'> {
  keys: Dependencies['keys'];
  postgres: Pick<Dependencies['postgres'], 'classify' | 'exportFiles'>;
  storage: StorageWith<'vault' | 'objects'> & Pick<Dependencies['storage'], 'classify'>;
  keycloak: FactsDependencies['keycloak'] & Pick<Dependencies['keycloak'], 'classify'>;
  billing: FactsDependencies['billing'] & Pick<Dependencies['billing'], 'classify'>;
}
