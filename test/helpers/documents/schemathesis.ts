import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from '../../../stack/fetching/cache';
import { pipInstall, pythonKey } from '../../../stack/fetching/python';
import { runTool } from '../../../stack/processes/tool';

const VERSION = '4.32.5';

/** Why Schemathesis (https://schemathesis.readthedocs.io) cannot run here, in words; undefined when it can. */
export function schemathesisMissing(): string | undefined {
  const able = spawnSync('python3', ['-c', 'import sys, pip; sys.exit(sys.version_info < (3, 10))']);
  if (able.status === 0) return undefined;
  return 'Schemathesis needs python3, 3.10 or newer, with pip, which this machine does not have (Debian: apt-get install python3-pip)';
}

/** What is sent, and where. */
export interface Fuzzing {
  /** The API's address; its document is at `/openapi.json`. */
  url: string;
  seed: number;
  /** API token; without one nothing is sent that identifies anybody. */
  token?: string;
  /** Without: two requests of each operation, for the answers that come before anything of the request is read. */
  thorough: boolean;
  /** Path parameters' values that exist, beside those that are made up. */
  ids?: Record<string, string>;
  /** An existing folder for what the tool writes. */
  dir: string;
}

/**
 * Sends data made from the API's own document, valid and invalid, and resolves when every answer is one that the document has. Rejects with the
 * tool's report, which ends in a `curl` for each failure. Fetched once into the project's cache, from the package index pip is configured for.
 */
export async function fuzz({ url, seed, token, thorough, ids = {}, dir }: Fuzzing): Promise<string> {
  const library = await cached(await pythonKey('schemathesis', VERSION), (into) =>
    pipInstall(`schemathesis==${VERSION}`, { into }),
  );
  const config = join(dir, 'schemathesis.toml');
  // A token is no command-line argument: those can be read by every user of the machine.
  const headers = token === undefined ? '' : `[headers]\nAuthorization = "Bearer \${FUZZ_TOKEN}"\n`;
  const parameters = Object.entries(ids).map(([name, value]) => `"path.${name}" = ${JSON.stringify(value)}\n`);
  await writeFile(config, `${headers}[parameters]\n${parameters.join('')}`);
  return runTool(
    'python3',
    [
      '-c',
      'from schemathesis.cli import schemathesis; schemathesis()',
      `--config-file=${config}`,
      'run',
      `${url}/openapi.json`,
      `--url=${url}`,
      `--seed=${seed}`,
      ...(thorough ? THOROUGH : BRIEF),
      ...FUZZING,
    ],
    {
      cwd: dir,
      env: { PYTHONPATH: library, PYTHONDONTWRITEBYTECODE: '1', ...(token === undefined ? {} : { FUZZ_TOKEN: token }) },
    },
  );
}

const THOROUGH = ['--phases=examples,coverage,fuzzing', '--max-examples=15'];
const BRIEF = ['--phases=fuzzing', '--max-examples=2'];
const FUZZING = [
  '--mode=all',
  '--checks=not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,unsupported_method,allow_header_conformance',
  '--generation-database=none',
  '--request-timeout=20',
  '--continue-on-failure',
  '--no-color',
];
