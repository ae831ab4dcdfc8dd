import { spawnSync } from 'node:child_process';

/** Why a program of Prometheus cannot run here, in words; undefined if it can. */
export function missing(program: 'prometheus' | 'promtool' | 'prometheus-alertmanager'): string | undefined {
  const { error } = spawnSync(program, ['--version'], { timeout: 20_000 });
  const debian = program === 'promtool' ? 'prometheus' : program;
  return error ? `${program} is not on this machine (Debian: apt-get install ${debian})` : undefined;
}
