// Measures `pc why` over a log of a million lines: lines a second, and the most memory that the process held.
// node test/bench/access-log.mjs [LINES]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const count = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'pc-bench-'));
const file = join(folder, 'access.log');
const stream = createWriteStream(file);
const hosts = ['10.0.0.1:3000', '10.0.0.2:3000', '10.0.0.3:3000'];
let piece = '';
for (let i = 0; i < count; i++) {
  const host = hosts[i % 3];
  const slow = host === hosts[2] && i % 5 === 0;
  const took = slow ? 500 : 5 + (i % 40);
  const time = new Date(1_780_000_000_000 + i * 7).toISOString();
  const end = slow ? '504 UT response_timeout' : '200 - via_upstream';
  piece += `[${time}] "GET /items/${i} HTTP/1.1" ${end} - "-" 0 592 ${took} ${slow ? '-' : took - 2} "10.10.0.20" "curl/7.88.1" "9eb4010d-1a8d-44a8-be64-${i}" "catalog.example" "${host}" outbound|80|v1|catalog.shop.svc.cluster.local 10.0.9.9:40000 10.10.0.7:8080 10.10.0.20:51320 - -\n`;
  if (i % 10_000 === 0) {
    if (!stream.write(piece)) await once(stream, 'drain');
    piece = '';
  }
}
stream.end(piece);
await once(stream, 'finish');

const started = performance.now();
const child = spawn('/usr/bin/time', ['-v', process.execPath, 'bin/pc.js', 'why', file], { stdio: ['ignore', 'pipe', 'pipe'] });
let out = '';
let err = '';
child.stdout.on('data', (data) => (out += data));
child.stderr.on('data', (data) => (err += data));
await once(child, 'close');
const seconds = (performance.now() - started) / 1000;
rmSync(folder, { recursive: true });
const rss = /Maximum resident set size \(kbytes\): (\d+)/.exec(err)?.[1];
console.log(out.split('\n').slice(0, 12).join('\n'));
console.log(
  `${count} lines in ${seconds.toFixed(1)} s: ${Math.round(count / seconds)} lines a second${rss ? `, ${Math.round(Number(rss) / 1024)} MiB at most` : ''}`,
);
