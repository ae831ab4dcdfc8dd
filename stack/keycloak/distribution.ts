import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from '../cache';
import type { ServerContext } from '../context';
import { ServerUnavailable } from '../errors';
import { fetchMavenArtifact } from '../fetch';
import { runTool, versionOf } from '../tool';

/** The version fetched, and the one the templates of its database belong to. */
export const KEYCLOAK_VERSION = '26.7.4';

const ARTIFACT = {
  name: `org.keycloak:keycloak-quarkus-dist:${KEYCLOAK_VERSION}:tar.gz`,
  sha256: '04823c336b797a7e18889a44262a7a64e6bf624cbbcc518c85e2622176ff2eee',
};

/** Decided when Keycloak is built; a later start with others would build again. */
export const BUILD_OPTIONS = { KC_DB: 'postgres', KC_HEALTH_ENABLED: 'true' };

/**
 * The home folder of a Keycloak built for PostgreSQL, from the cache or made: fetched with Maven (or taken from STACK_KEYCLOAK_ARCHIVE, the
 * official tar.gz of this version), unpacked, built once. Throws `ServerUnavailable` without a JDK 17 or a way to fetch.
 */
export async function findKeycloak(context: ServerContext): Promise<string> {
  await requireJava();
  const home = await cached(
    `keycloak-${KEYCLOAK_VERSION}-postgres`,
    async (draft) => {
      await unpack(context, draft);
      context.tell('building', 'Keycloak prepares itself for PostgreSQL; about 25 s, once');
      await runTool(join(draft, 'bin', 'kc.sh'), ['build'], { env: BUILD_OPTIONS, signal: context.signal });
    },
    { signal: context.signal, onWait: (pid) => context.tell('building', `process ${pid} is preparing it already`) },
  );
  context.tell('found', `Keycloak ${KEYCLOAK_VERSION} in the cache`);
  return home;
}

async function unpack(context: ServerContext, draft: string): Promise<void> {
  const download = join(draft, 'download');
  await mkdir(download);
  context.tell('fetching', `Keycloak ${KEYCLOAK_VERSION}, 176 MB`);
  const archive =
    process.env.STACK_KEYCLOAK_ARCHIVE ??
    (await fetchMavenArtifact(ARTIFACT, {
      into: download,
      signal: context.signal,
      onProgress: (detail) => context.tell('fetching', detail),
    }));
  await runTool('tar', ['-xzf', archive, '-C', draft, '--strip-components=1'], { signal: context.signal });
  await rm(download, { recursive: true });
}

async function requireJava(): Promise<void> {
  const home = process.env.JAVA_HOME;
  const version = await versionOf(home === undefined ? 'java' : join(home, 'bin', 'java'), ['-version']);
  const major = Number(/"(\d+)/.exec(version ?? '')?.[1] ?? 0);
  if (major >= 17) return;
  const why = version === undefined ? 'there is no Java' : `Java is ${version}`;
  throw new ServerUnavailable(
    `Keycloak needs Java 17 or newer, and ${why}.`,
    'apt-get install openjdk-17-jre-headless maven',
  );
}
