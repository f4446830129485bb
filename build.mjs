// Bundles src/cli into dist/: what every command needs and what the tables need in a file each, since finding and opening a file costs
// more than reading a longer one; everything else in chunks of its own, loaded when it is asked for.
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'rolldown';

/** yargs measures its help text by a package whose start takes as long as Node's own; ours does for command lines. */
const lightTextWidth = {
  name: 'light-text-width',
  resolveId: (source, importer = '') =>
    source === 'string-width' && /node_modules\/(yargs|cliui|wrap-ansi)\//.test(importer) ? resolve('src/render/text-width.ts') : undefined,
};

/**
 * Of the Kubernetes client pc takes the kubeconfig alone. The generated API and the fetch that its config.js names are of no use to it, and
 * take longer to start than all the rest (the latter also makes newer Nodes warn of punycode).
 */
const kubeConfigAlone = {
  name: 'kube-config-alone',
  resolveId: (source, importer = '') =>
    /@kubernetes\/client-node\/dist\/config\.js$/.test(importer) && ['./gen/index.js', 'node-fetch'].includes(source) ? '\0left-out' : undefined,
  load: (id) =>
    id === '\0left-out'
      ? `const no = () => { throw new Error('this part of the Kubernetes client is not bundled'); };
         export { no as createConfiguration, no as ServerConfiguration, no as Headers };`
      : undefined,
};

/** Each with all that it imports, but for what stands in a group before it. */
const groups = [
  { name: 'start', test: /src\/(dump\/failure|query\/nearest-names|render\/(style|text-width)|cli\/(io|parse-command-line|run-cli))\.ts$/, priority: 2 },
  { name: 'tables', test: /src\/cli\/commands\/(all|bootstrap|clusters|ecds|endpoints|listeners|routes|secrets)\.ts$/, priority: 1 },
];

/** Text beyond ASCII is escaped: V8 reads and holds such a file at half the cost. */
const inAscii = {
  name: 'in-ascii',
  generateBundle: (_, files) => {
    for (const file of Object.values(files)) {
      file.code = file.code?.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
    }
  },
};

const outdir = process.argv[2] ?? 'dist';
rmSync(outdir, { recursive: true, force: true });
/** In: the program's entry, and how its files are cut. */
const bundle = (name, codeSplitting) =>
  build({
    input: { [`cli/${name}`]: `src/cli/${name}.ts` },
    platform: 'node',
    plugins: [lightTextWidth, kubeConfigAlone, inAscii],
    transform: { target: 'node20.19', define: { 'import.meta.dirname': '__dirname' } },
    checks: { ineffectiveDynamicImport: false, emptyImportMeta: false },
    logLevel: 'warn',
    output: {
      dir: outdir,
      // Node starts a CommonJS program faster.
      format: 'cjs',
      // In code that was kept V8 forgets which program an import() belongs to.
      dynamicImportInCjs: false,
      codeSplitting,
      comments: { legal: false },
      // Names stay, for the stacks of bug reports.
      minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    },
  });
await bundle('main', { groups });
// What starts the program stands alone: it loads the rest.
await bundle('launch', false);
writeFileSync(join(outdir, 'package.json'), '{"type": "commonjs"}\n');
