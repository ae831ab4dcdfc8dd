import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../../stack/processes/tool';
import { goGenerator, linters, pythonGenerator, typescriptGenerators } from './tools';

/** What a check works with: a folder of its own, the document in it, and the environment the programs are told the API by. */
export interface Place {
  dir: string;
  document: string;
  env: Record<string, string>;
}

const PROGRAMS = join(__dirname, 'programs');
const QUIET = { NO_COLOR: '1', REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };

/** Linters throw unless they have nothing to say. */
export const LINTS: Record<string, (place: Place) => Promise<unknown>> = {
  'redocly finds nothing in the document': async ({ dir, document }) => {
    const report = await runNode(await linters(), '@redocly/cli/bin/cli.js', ['lint', '--format=json', document], dir);
    const { totals } = JSON.parse(report) as { totals: { errors: number; warnings: number } };
    if (totals.errors + totals.warnings > 0) throw new Error(report);
  },
  'spectral finds nothing in the document': async ({ dir, document }) => {
    await writeFile(join(dir, 'ruleset.yaml'), 'extends: ["spectral:oas"]\n');
    const args = ['lint', '--quiet', '--fail-severity=hint', '--ruleset=ruleset.yaml', document];
    await runNode(await linters(), '@stoplight/spectral-cli/dist/index.js', args, dir);
  },
};

/** Each generates a client, builds it with the program that uses it, runs that, and resolves with what it printed. */
export const CLIENTS: Record<string, (place: Place) => Promise<string>> = {
  'TypeScript, openapi-typescript and openapi-fetch': (place) =>
    typescript(place, 'openapi-fetch', (tools) =>
      runNode(
        tools,
        'openapi-typescript/bin/cli.js',
        [place.document, '--output', 'generated/openapi-typescript.ts'],
        place.dir,
      ),
    ),
  'TypeScript, @hey-api/openapi-ts': (place) =>
    typescript(place, 'hey-api', (tools) =>
      runNode(
        tools,
        '@hey-api/openapi-ts/bin/run.js',
        ['--input', place.document, '--output', 'generated/hey-api', '--no-log-file'],
        place.dir,
      ),
    ),
  'Python, openapi-python-client': async ({ dir, document, env }) => {
    const PYTHONPATH = await pythonGenerator();
    // The generator reads JSON and text only; JSON Lines are text to it. It formats with a tool that need not be there.
    await writeFile(
      join(dir, 'config.yaml'),
      'post_hooks: []\ncontent_type_overrides:\n  application/jsonl: text/plain\n',
    );
    await runTool(
      'python3',
      [
        ...['-m', 'openapi_python_client', 'generate', '--meta=none', '--fail-on-warning', '--config=config.yaml'],
        ...[`--path=${document}`, '--output-path=generated'],
      ],
      { cwd: dir, env: { PYTHONPATH } },
    );
    await runTool('python3', ['-m', 'compileall', '-q', 'generated'], { cwd: dir });
    await cp(join(PROGRAMS, 'client.py'), join(dir, 'client.py'));
    return runTool('python3', ['client.py'], { cwd: dir, env: { ...env, PYTHONPATH } });
  },
  'Go, oapi-codegen': async ({ dir, document, env }) => {
    const generator = await goGenerator();
    await mkdir(join(dir, 'generated'));
    await runTool(generator, ['-generate=types,client', '-package=generated', '-o=generated/client.go', document], {
      cwd: dir,
    });
    await writeFile(
      join(dir, 'go.mod'),
      'module clients\n\ngo 1.26.0\n\nrequire github.com/oapi-codegen/runtime v1.9.0\n',
    );
    await cp(join(PROGRAMS, 'main.go'), join(dir, 'main.go'));
    await runTool('go', ['build', '-mod=mod', '-o=client', '.'], { cwd: dir });
    return runTool(join(dir, 'client'), [], { cwd: dir, env });
  },
};

async function typescript(
  { dir, env }: Place,
  program: string,
  generate: (tools: string) => Promise<string>,
): Promise<string> {
  const tools = await typescriptGenerators();
  await generate(tools);
  await symlink(join(tools, 'node_modules'), join(dir, 'node_modules'));
  await cp(join(PROGRAMS, `${program}.ts`), join(dir, 'program.ts'));
  await writeFile(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER, files: ['program.ts'] }));
  await runNode(tools, 'typescript/bin/tsc', ['-p', '.'], dir);
  return runTool(process.execPath, ['built/program.js'], { cwd: dir, env });
}

const COMPILER = {
  target: 'ES2022',
  lib: ['ES2022', 'DOM', 'DOM.Iterable'],
  module: 'CommonJS',
  moduleResolution: 'Node10',
  strict: true,
  esModuleInterop: true,
  skipLibCheck: false,
  outDir: 'built',
  types: ['node'],
  typeRoots: [join(__dirname, '../../node_modules/@types')],
};

function runNode(tools: string, script: string, args: string[], cwd: string): Promise<string> {
  return runTool(process.execPath, [join(tools, 'node_modules', script), ...args], { cwd, env: QUIET });
}
