import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Writes `.br` and `.gz` beside each asset, so that the API sends them without compressing anything itself. */
function precompress(): Plugin {
  let folder = '';
  return {
    name: 'precompress',
    apply: 'build',
    configResolved: ({ root, build }) => {
      folder = path.resolve(root, build.outDir, build.assetsDir);
    },
    closeBundle: () => {
      for (const name of readdirSync(folder).filter((file) => /\.(js|css)$/.test(file))) {
        const content = readFileSync(path.join(folder, name));
        writeFileSync(path.join(folder, `${name}.br`), brotliCompressSync(content));
        writeFileSync(path.join(folder, `${name}.gz`), gzipSync(content, { level: 9 }));
      }
    },
  };
}

/** Says how long the build took, because a first start has to do it. */
function sayTime(): Plugin {
  let begun = 0;
  return {
    name: 'say-time',
    apply: 'build',
    buildStart: () => {
      begun = performance.now();
    },
    closeBundle: () => {
      process.stdout.write(`The console was built in ${((performance.now() - begun) / 1000).toFixed(1)} s.\n`);
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  // Relative to the page's <base>, which the API sets: the same build works behind every path prefix.
  base: './',
  plugins: [precompress(), sayTime()],
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    target: 'es2022',
    // An image as a data: URL would also pass the policy, but could not be cached.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // Libraries mark what a server could leave to the browser; here everything runs in the browser.
      onwarn: (warning, report) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || report(warning),
    },
  },
});
