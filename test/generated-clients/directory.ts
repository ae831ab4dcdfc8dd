import { runTool } from '../../stack/processes/tool';
import { scimTenant } from '../helpers/scim/tenant';
import type { ServedApi } from './served-api';
import { scimTester } from './tools';

const PROGRAM = 'from scim2_cli import cli; cli(prog_name="scim2")';

/** An address is always answered as the primary one, because Okta looks for that; the checker sends others, too, and expects them back. */
const INTENDED = /unexpected value for 'emails'/;

/** Has the checker of https://scim2-tester.readthedocs.io use a tenant's directory. Throws with its findings, except the intended one. */
export async function checkDirectory(api: ServedApi): Promise<void> {
  const { tenantId, client } = await scimTenant(api);
  const lines: string[] = [];
  const failed = await runTool('python3', ['-c', PROGRAM, '--url', `${api.url}/scim/v2/${tenantId}`, 'test'], {
    env: { PYTHONPATH: await scimTester(), SCIM_CLI_HEADERS: `Authorization: Bearer ${client.token}` },
    onLine: (line) => void lines.push(line),
  }).then(
    () => undefined,
    (error: unknown) => error,
  );
  const passed = lines.filter((line) => line.startsWith('SUCCESS')).length;
  // A checker that could not begin has no findings either.
  if (passed < 50) throw new Error(`Only ${passed} checks were made.`, { cause: failed });
  const findings = lines.flatMap((line, at) =>
    /^[A-Z]+ /.test(line) && !line.startsWith('SUCCESS') ? [lines.slice(at, at + 2)] : [],
  );
  const unexpected = findings.map((finding) => finding.join(' ')).filter((finding) => !INTENDED.test(finding));
  if (unexpected.length > 0) throw new Error(unexpected.join('\n'));
}
