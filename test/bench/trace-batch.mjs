// Cost of one batch request, output included, as a share of one JSON.parse of the route configuration that it is matched against.
// Run by `npm run bench:trace`. Everything is timed in one process, in turns, so that a noisy machine slows both alike.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { dump, requests, routeConfig } from './route-config.mjs';

const ROUNDS = 9;
const REQUESTS = 2000;
const folder = mkdtempSync(join(tmpdir(), 'pc-bench-'));
const outfile = join(folder, 'core.mjs');
await build({
  stdin: {
    contents: "export { loadProxy } from './src/cli/load-proxy.ts'; export { traceRequest } from './src/trace/trace-request.ts';",
    resolveDir: process.cwd(),
    loader: 'ts',
  },
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  banner: { js: "import { createRequire as pcRequire } from 'node:module'; const require = pcRequire(import.meta.url);" },
  logLevel: 'error',
});
const { loadProxy, traceRequest } = await import(pathToFileURL(outfile).href);
const file = join(folder, 'config_dump.json');
writeFileSync(file, JSON.stringify(dump(), null, 1));
const proxy = await loadProxy({ files: [file] });
const lines = requests(REQUESTS).map((request) => JSON.stringify(request));
const text = JSON.stringify(routeConfig(), null, 1);

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const time = (work) => {
  const start = performance.now();
  work();
  return performance.now() - start;
};
let written = 0;
const answerAll = () => {
  for (const line of lines) written += `${JSON.stringify(traceRequest(proxy, JSON.parse(line), { terse: true }))}\n`.length;
};
const parse = () => {
  for (let i = 0; i < 20; i++) JSON.parse(text);
};
answerAll();
parse();
rmSync(folder, { recursive: true });
const perRequest = [];
const perParse = [];
for (let round = 0; round < ROUNDS; round++) {
  perRequest.push(time(answerAll) / REQUESTS);
  perParse.push(time(parse) / 20);
}
const ratios = perRequest.map((ms, i) => perParse[i] / ms);
console.log(`route config: 500 routes, ${text.length} bytes`);
console.log(
  `one request, answer written: ${(median(perRequest) * 1000).toFixed(1)} µs (${Math.round(1000 / median(perRequest))} a second, ${Math.round(written / REQUESTS / (ROUNDS + 1))} bytes each)`,
);
console.log(`one JSON.parse of the route config: ${median(perParse).toFixed(3)} ms`);
console.log(`a request costs 1/${median(ratios).toFixed(1)} of it (median of ${ROUNDS} rounds; worst 1/${Math.min(...ratios).toFixed(1)})`);
