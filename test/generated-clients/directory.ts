import { runTool } from '../../stack/processes/tool';
import { scimTenant } from '../helpers/scim/tenant';
import type { ServedApi } from './served-api';
import { scimTester } from './tools';

const PROGRAM = 'from scim2_cli import cli; cli(prog_name="scim2")';

/** Has the checker of https://scim2-tester.readthedocs.io use a tenant's directory. Throws with its report if anything is wrong. */
export async function checkDirectory(api: ServedApi): Promise<string> {
  const { tenantId, client } = await scimTenant(api);
  const url = `${api.url}/scim/v2/${tenantId}`;
  return runTool('python3', ['-c', PROGRAM, '--url', url, 'test'], {
    env: { PYTHONPATH: await scimTester(), SCIM_CLI_HEADERS: `Authorization: Bearer ${client.token}` },
  });
}
