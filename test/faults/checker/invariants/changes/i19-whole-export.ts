import type { Exported } from '../../../journal';
import { examine, type Verdict } from '../../invariant';

/** I19: the export of a removed tenant is one whole archive, and of a removal that was called off there is none. */
export function wholeExports(exports: readonly Exported[]): Verdict {
  return examine(
    exports,
    ({ kept, archive: { files, unfinished, damage } }) => {
      if (unfinished > 0) return `${unfinished} uploads are unfinished`;
      if (files.length !== (kept ? 1 : 0)) return `the vault has ${files.length} archives: ${files.join(', ')}`;
      return kept && damage !== '' && `the archive is not whole: ${damage}`;
    },
    ({ scenario, operationId, tenantId }) => ({ scenario, operationId, tenantId }),
  );
}
