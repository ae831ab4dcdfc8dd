import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cached, platformKey } from '../../stack/fetching/cache';
import { ServerUnavailable } from '../../stack/errors';
import { goInstall } from '../../stack/fetching/go';
import { pipInstall, pythonKey } from '../../stack/fetching/python';
import { runTool, versionOf } from '../../stack/processes/tool';

const LINTERS = ['@redocly/cli@2.77.0', '@stoplight/spectral-cli@6.16.3'];
const TYPESCRIPT_GENERATORS = [
  'openapi-typescript@7.13.0',
  'openapi-fetch@0.17.0',
  '@hey-api/openapi-ts@0.90.0',
  'typescript@5.9.3',
];
const PYTHON_GENERATOR = ['openapi-python-client', '0.29.1'] as const;
const SCIM_TESTER = ['scim2-cli', '0.6.0'] as const;
const GO_GENERATOR = ['oapi-codegen', '2.8.2'] as const;

/** Linters of OpenAPI documents: the folder that holds their `node_modules`. */
export const linters = (): Promise<string> => npmPackages('openapi-linters', LINTERS);

/** Generators of TypeScript clients, with a compiler they agree with: the folder that holds their `node_modules`. */
export const typescriptGenerators = (): Promise<string> =>
  npmPackages('openapi-typescript-generators', TYPESCRIPT_GENERATORS);

/** The generator of Python clients with what those need at run time, for PYTHONPATH. */
export const pythonGenerator = (): Promise<string> => pythonPackage(PYTHON_GENERATOR);

/** The checker of SCIM services, for PYTHONPATH. */
export const scimTester = (): Promise<string> => pythonPackage(SCIM_TESTER);

async function pythonPackage([name, version]: readonly [name: string, version: string]): Promise<string> {
  // Python's own check of the versions it supports is pip's; older ones are told apart here, so that they are a skip and not a failure.
  if ((await versionOf('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))'])) === undefined)
    throw new ServerUnavailable(
      `${name} needs Python 3.11 or newer and there is none on PATH.`,
      'apt-get install python3-pip',
    );
  return cached(await pythonKey(name, version), (into) => pipInstall(`${name}==${version}`, { into }));
}

/** The generator of Go clients: its program. Throws `ServerUnavailable` where there is no Go. */
export async function goGenerator(): Promise<string> {
  const [name, version] = GO_GENERATOR;
  // The client is compiled as well, so a generator in the cache is not enough.
  if ((await versionOf('go', ['version'])) === undefined)
    throw new ServerUnavailable('A Go client has to be built and there is no Go on PATH.', 'install Go 1.24 or newer');
  const module = `github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v${version}`;
  return join(await cached(platformKey(name, version), (into) => goInstall(module, { into })), name);
}

/** Packages of npm, each `name@version`, in a folder of the cache that is named after them. */
async function npmPackages(name: string, packages: string[]): Promise<string> {
  const versions = packages.map((one) => one.slice(one.lastIndexOf('@') + 1)).join('-');
  return cached(platformKey(name, versions), async (into) => {
    const flags = ['--save-exact', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'];
    await runTool('npm', ['install', '--prefix', into, ...flags, ...packages], { cwd: into });
    if (!existsSync(join(into, 'node_modules'))) throw new Error(`npm installed nothing of ${packages.join(', ')}.`);
  });
}
