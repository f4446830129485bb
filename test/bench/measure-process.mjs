// Runs a program and says what it took, all of it: from the start of the process to its end, its threads included.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const REPORT = `process.on('exit', () => { const u = process.resourceUsage();
  require('fs').writeSync(3, JSON.stringify([(u.userCPUTime + u.systemCPUTime) / 1e6, u.maxRSS / 1024])); });`;

/** A meter that keeps its hook in a folder. */
export class Meter {
  constructor(folder, env) {
    this.hook = join(folder, 'report.cjs');
    this.env = env;
    writeFileSync(this.hook, REPORT);
  }

  /** CPU seconds, wall seconds and peak MiB of a program of Node's, and its exit status. In: its arguments, and a file for its standard input. */
  node(args, stdin = 'ignore') {
    const start = performance.now();
    const child = spawnSync(process.execPath, ['--require', this.hook, ...args], { env: this.env, stdio: [stdin, 'ignore', 'ignore', 'pipe'] });
    const [cpu, rss] = JSON.parse(String(child.output[3]) || '[null, null]');
    return { cpu, rss, wall: (performance.now() - start) / 1000, status: child.status };
  }

  /** As {@link node}, of a command of the shell: what it takes in memory is not known. */
  shell(command) {
    const start = performance.now();
    const child = spawnSync('sh', ['-c', `${command}; times`], { env: this.env, encoding: 'utf8' });
    const wall = (performance.now() - start) / 1000;
    const [, ofChildren = ''] = child.stdout.trim().split('\n').slice(-2);
    const cpu = [...ofChildren.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
    return { cpu, rss: undefined, wall, status: child.status };
  }
}

export const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
