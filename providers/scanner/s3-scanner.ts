import { execFile, type ExecFileException } from 'node:child_process';
import type { RegionSettings } from '../../config/regions';
import { dashName } from '../../contract/ids';
import { SCAN_HEARTBEAT_SECONDS, type ScanReport } from '../../contract/maintenance/scans';
import { call, report } from './callback';
import { findingsIn } from './s3-scanner-output';
import type { ScanJob, Scanner } from './scanner';

/** Environment of S3Scanner, without any credentials of ours. */
const ENVIRONMENT = { AWS_EC2_METADATA_DISABLED: 'true', AWS_DEFAULT_REGION: 'us-east-1' };

/** Time limit for a run, which sends a handful of requests. Two runs and the report fit easily into a scan's deadline. */
const LIMIT_SECONDS = 60;

/**
 * Runs S3Scanner (https://github.com/sa7mon/S3Scanner, version 2) as a child process. It tries, without any key, what anonymous users can
 * do with the tenant's bucket, and changes nothing. Without `command` no scanner is available. If a run gives no result within
 * `limitSeconds`, S3Scanner is started once more, and a second failure is reported.
 */
export function createS3Scanner(
  command: string | undefined,
  regions: RegionSettings[],
  { limitSeconds = LIMIT_SECONDS } = {},
): Scanner {
  const name = 's3scanner';
  const running = { version: name };
  return {
    name,

    async missing() {
      if (command === undefined) return 'No scanner is configured (S3SCANNER_BIN).';
      const version = await versionOf(command);
      if (version === undefined) return `The scanner ${command} cannot be run (S3SCANNER_BIN).`;
      running.version = `${name} ${version}`;
      return undefined;
    },

    async start(job) {
      const { storage } = regions.find(({ name: region }) => region === job.region)!;
      const bucket = dashName(job.tenantId);
      const endpoint = storage.endpoint === undefined ? [] : ['--endpoint-url', storage.endpoint];
      const args = [...endpoint, 'scan', '--bucket', bucket];
      const scan = async (): Promise<ScanReport> => {
        const { output, failure } = await run(command ?? '', args, limitSeconds);
        const findings = failure === undefined ? findingsIn(output, bucket) : undefined;
        const scanner = running.version;
        return findings
          ? { scanner, findings }
          : { scanner, findings: [], failure: failure ?? 'It gave no result for the bucket.' };
      };
      void scanAndReport(job, scan);
    },
  };
}

/** Scans, repeats a failed scan once, and reports, sending heartbeats meanwhile. Runs in the background and never throws. */
async function scanAndReport({ callback }: ScanJob, scan: () => Promise<ScanReport>): Promise<void> {
  const heartbeat = setInterval(() => void call(callback, 'heartbeat', {}), (SCAN_HEARTBEAT_SECONDS / 4) * 1000);
  const first = await scan();
  const last = first.failure === undefined ? first : await scan();
  const twice = last.failure === undefined ? last : { ...last, failure: `${last.failure} It was started twice.` };
  await report(callback, twice);
  clearInterval(heartbeat);
}

/** Runs the command. Returns its output, and a description of the failure if it failed. */
function run(command: string, args: string[], limitSeconds: number): Promise<{ output: string; failure?: string }> {
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', ...ENVIRONMENT };
  return new Promise((resolve) => {
    // After the time limit execFile also closes the output, which surviving children of the command could otherwise keep open.
    const limits = { timeout: limitSeconds * 1000, killSignal: 'SIGKILL' } as const;
    const child = execFile(command, args, { env, ...limits }, (error, output) =>
      resolve(error === null ? { output } : { output, failure: failureOf(error, limitSeconds) }),
    );
    child.stdin?.end();
  });
}

function failureOf({ killed, code, signal }: ExecFileException, limitSeconds: number): string {
  if (typeof code === 'string') return `It could not be run (${code}).`;
  if (killed === true) return `It had not ended after ${limitSeconds} s.`;
  return `It ended with ${signal ?? `code ${code}`}.`;
}

function versionOf(command: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(command, ['--version'], { timeout: 20_000 }, (error, stdout) => {
      resolve(error ? undefined : /\d+\.\d+\.\d+/.exec(stdout)?.[0]);
    });
  });
}
