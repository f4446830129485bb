import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of recordings beside the repository; it is not part of it. */
export const SHARED_DATA = '../shared/data';

/** A table that the real istioctl printed, and the dump that it printed it of. */
export interface RecordedTable {
  readonly command: string;
  readonly dump: string;
  /** Below the data folder. */
  readonly table: string;
}

const COMMANDS: Readonly<Record<string, string>> = { listener: 'listeners', route: 'routes', cluster: 'clusters', endpoint: 'endpoints', secret: 'secrets' };

/** Every recorded table of listeners, routes, clusters, endpoints and secrets that istioctl printed with success. */
export function recordedTables(): RecordedTable[] {
  return [...tablesOfDumps(), ...tablesOfScenarios()];
}

function* tablesOfDumps(): Generator<RecordedTable> {
  for (const repo of names('istioctl')) {
    for (const file of names(`istioctl/${repo}`)) {
      const folder = `istioctl/${repo}/${file}`;
      const exits = readFileSync(join(SHARED_DATA, folder, 'rc.tsv'), 'utf8')
        .split('\n')
        .map((line) => line.split('\t'));
      for (const [command, form, exit] of exits) {
        const name = COMMANDS[command ?? ''];
        const table = `${folder}/${command}.txt`;
        // `endpoint` wants /clusters: of a config_dump it printed nothing but its head.
        const isBlind = name === 'endpoints' && recorded(table).trim().split('\n').length === 1;
        if (name !== undefined && form === 'txt' && exit === '0' && !isBlind) yield { command: name, dump: join(SHARED_DATA, 'dumps', repo, file), table };
      }
    }
  }
}

function* tablesOfScenarios(): Generator<RecordedTable> {
  for (const scenario of names('istio')) {
    for (const file of names(`istio/${scenario}/istioctl`)) {
      const [, proxy, command = ''] = /^(.*)\.(\w+)\.txt$/.exec(file) ?? [];
      const name = COMMANDS[command.replace(/s$/, '')];
      if (name !== undefined) yield { command: name, dump: join(SHARED_DATA, 'istio', scenario, `${proxy}.json`), table: `istio/${scenario}/istioctl/${file}` };
    }
    for (const proxy of names(`istio/${scenario}/real`)) {
      const folder = `istio/${scenario}/real/${proxy}`;
      for (const file of names(`${folder}/istioctl`)) {
        const name = COMMANDS[file.replace(/s?\.txt$/, '')];
        const dump = name === 'endpoints' ? 'clusters.json' : 'config_dump.json';
        if (name !== undefined) yield { command: name, dump: join(SHARED_DATA, folder, dump), table: `${folder}/istioctl/${file}` };
      }
    }
  }
}

/** The text of a recording. */
export function recorded(table: string): string {
  return readFileSync(join(SHARED_DATA, table), 'utf8');
}

function names(folder: string): string[] {
  const path = join(SHARED_DATA, folder);
  return existsSync(path)
    ? readdirSync(path, { withFileTypes: true })
        .map((entry) => entry.name)
        .filter((name) => name !== 'requests.json')
    : [];
}

/** Every JSON that the real istioctl printed with success, of a whole dump. */
export function* recordedJson(): Generator<RecordedTable> {
  const commands: Readonly<Record<string, string>> = { ...COMMANDS, bootstrap: 'bootstrap' };
  for (const repo of names('istioctl')) {
    for (const file of names(`istioctl/${repo}`)) {
      const folder = `istioctl/${repo}/${file}`;
      for (const line of readFileSync(join(SHARED_DATA, folder, 'rc.tsv'), 'utf8').split('\n')) {
        const [command = '', form, exit] = line.split('\t');
        const name = commands[command];
        const table = `${folder}/${command}.json`;
        // Of a config_dump, `endpoint` printed an empty list.
        if (name === undefined || form !== 'json' || exit !== '0' || recorded(table).trim() === '[]') continue;
        yield { command: name, dump: join(SHARED_DATA, 'dumps', repo, file), table };
      }
    }
  }
}
