import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Mutant as FoundMutant } from '@stryker-mutator/api/core';
import { copyProject, edit, replaceOnce, type ProjectCopy } from '../helpers/documents/project-copy';
import type { MutatedModule } from './modules';

/** A small change of the code. */
export interface Mutant {
  id: string;
  file: string;
  /** As in an editor, starting at 1. */
  line: number;
  /** That line. */
  text: string;
  mutator: string;
  original: string;
  replacement: string;
}

/** A copy of the project in which every mutant of a module can be switched on. */
export interface MutatedCopy extends ProjectCopy {
  mutants: Mutant[];
}

/** Creates the copy. */
export async function mutatedCopy(module: MutatedModule): Promise<MutatedCopy> {
  const copy = copyProject('mutation');
  try {
    const mutants = await instrument(copy.directory, module.files);
    for (const test of module.tests) edit(copy, test, onceForEachMutant);
    for (const [file, change] of Object.entries(CHANGES)) edit(copy, file, change);
    return { ...copy, mutants };
  } catch (error) {
    copy.remove();
    throw error;
  }
}

/** Adds every mutant to the files, each behind a switch. */
export async function instrument(directory: string, names: readonly string[]): Promise<Mutant[]> {
  const { Instrumenter } = await import('@stryker-mutator/instrumenter');
  const none = (): void => {};
  const logger = { trace: none, debug: none, info: none, warn: none, error: none, fatal: none };
  const off = { isTraceEnabled: () => false, isDebugEnabled: () => false, isInfoEnabled: () => false };
  const instrumenter = new Instrumenter({ ...logger, ...off } as never);
  const sources = names.map((name) => ({
    name: path.join(directory, name),
    mutate: true,
    content: readFileSync(path.join(directory, name), 'utf8'),
  }));
  const options = { plugins: null, excludedMutations: [], ignorers: [LOG_LINES] };
  const { files, mutants } = await instrumenter.instrument(sources, options);
  const mutated = new Set(mutants.map(({ fileName }) => fileName));
  // In the workflow sandbox, objects reachable from globals must not change, so the switch is read through a function.
  for (const { name, content } of files.filter((file) => mutated.has(file.name)))
    writeFileSync(
      name,
      replaceOnce(content, 'var ns = g.__stryker__ ||', 'var ns = g.mutantSwitch?.() || g.__stryker__ ||'),
    );
  return mutants
    .filter(({ status }) => status !== 'Ignored')
    .map((mutant) => described(mutant, directory, sources.find(({ name }) => name === mutant.fileName)!.content));
}

/** Callers must not rely on log lines, so tests do not check them. */
const LOG_LINES = {
  shouldIgnore: ({ node }: { node: object }): string | undefined => {
    const { type, callee } = node as { type: string; callee?: { object?: { name?: string } } };
    return type === 'CallExpression' && callee?.object?.name === 'log' ? 'a log line' : undefined;
  },
};

function described(
  { id, fileName, location, mutatorName, replacement }: FoundMutant,
  directory: string,
  source: string,
): Mutant {
  const { start, end } = location;
  const lines = source.split('\n').slice(start.line, end.line + 1);
  const text = oneLine(lines[0]!);
  lines[lines.length - 1] = lines.at(-1)!.slice(0, end.column);
  lines[0] = lines[0]!.slice(start.column);
  return {
    id,
    file: path.relative(directory, fileName),
    line: start.line + 1,
    text,
    mutator: mutatorName,
    original: oneLine(lines.join('\n')),
    replacement: oneLine(replacement),
  };
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** Wraps everything after the imports so that it runs once per mutant. */
function onceForEachMutant(source: string): string {
  const lines = source.split('\n');
  const last = lines.findLastIndex((line) => /^(import .*|\} from .*);$/.test(line));
  const body = lines.slice(last + 1).join('\n');
  return `${lines.slice(0, last + 1).join('\n')}
beforeAll(() => (globalThis as any).beforeMutants?.(), 120_000);
for (const id of (globalThis as any).mutantIds) describe('mutant ' + id, () => {${body}
});
afterAll(() => (globalThis as any).afterMutants?.());
`;
}

/** Placed before a bundle of workflows: the switch of its sandbox. */
const SWITCH = 'globalThis.mutantSwitch = (() => { const ns = {}; return () => ns; })();';

/** Changes to test helpers, so that one set-up serves many mutants. */
const CHANGES: Record<string, (source: string) => string> = {
  // One registry for all mutants, made beforehand: making it takes longer than most tests, and on a busy machine it could fail for other
  // reasons.
  'test/helpers/registry.ts': (source) =>
    replaceOnce(
      source,
      'export async function createTestRegistry(): Promise<TestRegistry> {',
      `let shared: Promise<TestRegistry> | undefined;
export async function createTestRegistry(): Promise<TestRegistry> {
  shared ??= makeTestRegistry();
  const { drop, ...registry } = await shared;
  (globalThis as any).afterMutants = drop;
  return { ...registry, drop: async () => {} };
}
(globalThis as any).beforeMutants = createTestRegistry;
async function makeTestRegistry(): Promise<TestRegistry> {`,
    ),
  'test/simulation/world/temporal/workflows.ts': (source) =>
    replaceOnce(
      source,
      'return ReusableVMWorkflowCreator.create(parseWorkflowCode(bundle.code), 10_000, new Set(activities));',
      `const prefix = ${JSON.stringify(SWITCH)};
  const made = await ReusableVMWorkflowCreator.create(parseWorkflowCode(prefix + bundle.code), 10_000, new Set(activities));
  (globalThis as any).addMutantSwitch(require('node:vm').runInContext('mutantSwitch()', made.context));
  return made;`,
    ),
  // In debug mode a worker runs workflows in its own thread, where their switch can be reached.
  'test/helpers/temporal/workflow-queues.ts': (source) =>
    replaceOnce(
      replaceOnce(source, 'Worker.create({', 'Worker.create({ debugMode: true,'),
      'workflowBundle: await workflowBundle()',
      'workflowBundle: await switchableBundle()',
    ) +
    `
async function switchableBundle(): Promise<{ code: string }> {
  return { code: ${JSON.stringify(SWITCH)} + (await workflowBundle()).code };
}
const { ReusableVMWorkflowCreator: Creator } = require('@temporalio/worker/lib/workflow/reusable-vm');
const create = Creator.create;
Creator.create = async (...args: unknown[]) => {
  const made = await create.apply(Creator, args);
  (globalThis as any).addMutantSwitch(require('node:vm').runInContext('mutantSwitch()', made.context));
  return made;
};
`,
};
