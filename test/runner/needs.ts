import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ServerName } from '../../stack/types';

/** What a test file cannot run without: servers of the stack, or servers that it starts by itself. */
export interface Needs {
  stack: Set<ServerName>;
  /** It starts a database cluster, Temporal's test server or another program, or builds one, so it is no unit test. */
  ownServers: boolean;
}

/** Imports of values; types leave nothing behind at run time. */
const IMPORT = /^(?:import|export) (?!type )[^;]*?from '(\.[^']+)';/gm;
const ENDPOINTS = /\bstackEndpoints\(([^)]*)\)/g;
const OWN_SERVERS =
  /\b(?:startStack|createTimeSkipping|startMoto|startBrowser|goInstall|spawn|spawnSync|execFile|execFileSync)\(/;

const known = new Map<string, Needs>();

/** What a test file needs, found in its own text and in that of the test helpers it imports. */
export function needsOf(file: string): Needs {
  const needs: Needs = { stack: new Set(), ownServers: false };
  for (const each of withHelpers(path.resolve(file))) {
    const { stack, ownServers } = ownNeeds(each);
    for (const server of stack) needs.stack.add(server);
    needs.ownServers ||= ownServers;
  }
  return needs;
}

function ownNeeds(file: string): Needs {
  let needs = known.get(file);
  if (!needs) {
    const text = readFileSync(file, 'utf8');
    const named = [...text.matchAll(ENDPOINTS)].flatMap(([, names]) => [...names!.matchAll(/'([^']+)'/g)]);
    needs = { stack: new Set(named.map(([, name]) => name as ServerName)), ownServers: OWN_SERVERS.test(text) };
    known.set(file, needs);
  }
  return needs;
}

/** The file and everything below `test/` that it imports, directly or not. */
function withHelpers(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, specifier] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    const base = path.resolve(path.dirname(file), specifier!);
    const imported = [`${base}.ts`, path.join(base, 'index.ts')].find((candidate) => existsSync(candidate));
    if (imported?.startsWith(TESTS)) withHelpers(imported, found);
  }
  return found;
}

const TESTS = path.resolve(__dirname, '..') + path.sep;
