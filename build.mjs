// Bundles src/cli into dist/: one entry, one chunk for each command, so that a command loads only what it needs.
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';

/** yargs measures its help text by a package whose start takes as long as Node's own; ours does for command lines. */
const lightTextWidth = {
  name: 'light-text-width',
  setup({ onResolve }) {
    onResolve({ filter: /^string-width$/ }, ({ importer }) =>
      /node_modules\/(yargs|cliui|wrap-ansi)\//.test(importer) ? { path: resolve('src/render/text-width.ts') } : undefined,
    );
  },
};

const outdir = process.argv[2] ?? 'dist';
rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: { 'cli/main': 'src/cli/main.ts' },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  plugins: [lightTextWidth],
  sourcemap: false,
  logLevel: 'warning',
  // Bundled CommonJS packages ask for Node's own modules by require.
  banner: { js: "import { createRequire as pcRequire } from 'node:module'; const require = pcRequire(import.meta.url);" },
});
