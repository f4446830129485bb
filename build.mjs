// Bundles src/cli into dist/: one entry, one chunk for each command, so that a command loads only what it needs.
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: { 'cli/main': 'src/cli/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  sourcemap: false,
  logLevel: 'warning',
  // Bundled CommonJS packages ask for Node's own modules by require.
  banner: { js: "import { createRequire as pcRequire } from 'node:module'; const require = pcRequire(import.meta.url);" },
});
