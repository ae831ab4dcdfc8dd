import { readFileSync } from 'node:fs';
import path from 'node:path';
import { cached, platformKey } from '../../stack/fetching/cache';
import { goInstall } from '../../stack/fetching/go';
import { runTool } from '../../stack/processes/tool';

const VERSION = '8.30.1';
const MODULE = `github.com/zricethezav/gitleaks/v8@v${VERSION}`;

/** Fetches and builds Gitleaks (https://github.com/gitleaks/gitleaks), once; the path of its program. Throws `ServerUnavailable` without a Go. */
export async function gitleaks(): Promise<string> {
  return path.join(await cached(platformKey('gitleaks', VERSION), (into) => goInstall(MODULE, { into })), 'gitleaks');
}

/** Files below a folder that hold what looks like a credential, as `path:line rule`. The credential itself is never read. */
export async function secretsIn(program: string, directory: string): Promise<string[]> {
  const report = path.join(directory, '.secrets.json');
  const config = path.resolve(__dirname, '../../.gitleaks.toml');
  const options = [`--config=${config}`, '--redact', '--no-banner', '--exit-code=0', '--report-format=json'];
  await runTool(program, ['dir', ...options, `--report-path=${report}`, '.'], { cwd: directory });
  const found = JSON.parse(readFileSync(report, 'utf8')) as { File: string; StartLine: number; RuleID: string }[];
  return found.map(({ File, StartLine, RuleID }) => `${File}:${StartLine} ${RuleID}`).sort();
}
