import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from '../../fetching/cache';
import { fetchMavenArtifact } from '../../fetching/maven';
import { fetchReleaseFile, OFFICIAL, unpack } from '../../fetching/release';
import { fetchFromFirst } from '../../fetching/sources';
import type { ServerContext } from '../../processes/context';
import { ServerUnavailable } from '../../errors';
import { runTool } from '../../processes/tool';
import { findJava } from './java';

/** Version of Keycloak, and of the templates of its database. */
export const KEYCLOAK_VERSION = '26.7.4';

// The official release and Maven Central have the same file.
const SHA256 = '04823c336b797a7e18889a44262a7a64e6bf624cbbcc518c85e2622176ff2eee';
const RELEASE = {
  url: `https://github.com/keycloak/keycloak/releases/download/${KEYCLOAK_VERSION}/keycloak-${KEYCLOAK_VERSION}.tar.gz`,
  sha256: SHA256,
};
const ARTIFACT = { name: `org.keycloak:keycloak-quarkus-dist:tar.gz:${KEYCLOAK_VERSION}`, sha256: SHA256 };

/** Options for the build of Keycloak. A start with other values would build again. */
export const BUILD_OPTIONS = { KC_DB: 'postgres', KC_HEALTH_ENABLED: 'true' };

/** A Keycloak that is built for PostgreSQL. */
export interface Keycloak {
  home: string;
  /** Command of the Java to run it with. */
  java: string;
}

/**
 * Finds a Keycloak built for PostgreSQL, and a Java. A Keycloak that is not in the cache is fetched (or taken from STACK_KEYCLOAK_ARCHIVE,
 * the official tar.gz of this version), unpacked and built. Throws `ServerUnavailable` if one of the two cannot be had.
 */
export async function findKeycloak(context: Pick<ServerContext, 'tell' | 'signal'>): Promise<Keycloak> {
  const java = findJava(context);
  // Awaited below, possibly after the other one has failed.
  java.catch(() => undefined);
  const home = await cached(
    `keycloak-${KEYCLOAK_VERSION}-postgres`,
    async (draft) => {
      const [command] = await both(java, fetchArchive(context, draft));
      context.tell('building', 'Keycloak for PostgreSQL; takes about 25 s, once');
      const env = { ...BUILD_OPTIONS, JAVA: command };
      await runTool(join(draft, 'bin', 'kc.sh'), ['build'], { env, signal: context.signal });
    },
    { signal: context.signal, onWait: (pid) => context.tell('building', `process ${pid} is already building it`) },
  );
  context.tell('found', `Keycloak ${KEYCLOAK_VERSION} in the cache`);
  return { home, java: await java };
}

// Reports everything that is missing at once.
async function both<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  const settled = await Promise.allSettled([a, b]);
  const missing = settled.flatMap((one) =>
    one.status === 'rejected' && one.reason instanceof ServerUnavailable ? [one.reason] : [],
  );
  if (missing.length < 2) return Promise.all([a, b]);
  const commands = new Set(missing.map(({ command }) => command));
  throw new ServerUnavailable(missing.map(({ why }) => why).join(' '), [...commands].join('; '));
}

async function fetchArchive(context: Pick<ServerContext, 'tell' | 'signal'>, draft: string): Promise<void> {
  const given = process.env.STACK_KEYCLOAK_ARCHIVE;
  const download = join(draft, 'download');
  await mkdir(download);
  const archive = given ?? join(download, 'keycloak.tar.gz');
  if (given === undefined)
    await fetchFromFirst(
      `Keycloak ${KEYCLOAK_VERSION} (176 MB)`,
      [
        { name: OFFICIAL, fetch: (options) => fetchReleaseFile(RELEASE, archive, options) },
        { name: 'Maven Central', fetch: (options) => fetchMavenArtifact(ARTIFACT, archive, options) },
      ],
      `set STACK_KEYCLOAK_ARCHIVE to a copy of ${RELEASE.url}`,
      { into: download, context },
    );
  await unpack(archive, { into: draft, strip: 1, signal: context.signal });
  await rm(download, { recursive: true });
}
