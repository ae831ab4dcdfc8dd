import { execFile, type ExecFileException } from 'node:child_process';
import type { RegionSettings } from '../../../config/regions';
import { dashName } from '../../../contract/ids';
import { SCAN_HEARTBEAT_SECONDS, type ScanReport } from '../../../contract/scans';
import { call, report } from './callback';
import { findingsIn } from './s3-scanner-output';
import type { ScanJob, Scanner } from './scanner';

/** What S3Scanner is told besides; no key of ours reaches it. */
const ENVIRONMENT = { AWS_EC2_METADATA_DISABLED: 'true', AWS_DEFAULT_REGION: 'us-east-1' };

/** Seconds for a handful of requests; twice as many, and time to report, are well within the deadline of a scan. */
const LIMIT_SECONDS = 60;

/**
 * S3Scanner (https://github.com/sa7mon/S3Scanner, version 2), as a child process: it tries without any key what a stranger can do with the
 * tenant's bucket. It changes nothing. Without `command` there is none. One that ends without an answer, or has none after `limitSeconds`, is
 * started a second time; then that is reported.
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
      const look = async (): Promise<ScanReport> => {
        const { output, failure } = await run(command ?? '', args, limitSeconds);
        const findings = failure === undefined ? findingsIn(output, bucket) : undefined;
        const scanner = running.version;
        return findings
          ? { scanner, findings }
          : { scanner, findings: [], failure: failure ?? 'It did not say what it saw.' };
      };
      void lookTwice(job, look);
    },
  };
}

/** Looks, once more if that failed, and reports; shows signs of life meanwhile. Nobody waits for this, and nothing is thrown. */
async function lookTwice({ callback }: ScanJob, look: () => Promise<ScanReport>): Promise<void> {
  const heartbeat = setInterval(() => void call(callback, 'heartbeat', {}), (SCAN_HEARTBEAT_SECONDS / 4) * 1000);
  const first = await look();
  const last = first.failure === undefined ? first : await look();
  const twice = last.failure === undefined ? last : { ...last, failure: `${last.failure} It was started twice.` };
  await report(callback, twice);
  clearInterval(heartbeat);
}

/** What the command has said, or why it did not, in words. */
function run(command: string, args: string[], limitSeconds: number): Promise<{ output: string; failure?: string }> {
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', ...ENVIRONMENT };
  return new Promise((resolve) => {
    // At the limit its output is closed as well: children it leaves behind could keep it open.
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
