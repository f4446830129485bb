import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

/** The law of imports: which rooms a room may import, which packages, and whether it may use Node. See docs/architecture.md. */
interface Law {
  readonly rooms: readonly string[];
  readonly packages: readonly string[];
  /** Modules of Node's own: all of them, or those named. */
  readonly node: 'all' | readonly string[];
}

const LAWS: Readonly<Record<string, Law>> = {
  // The core: it runs in a browser page as it does here.
  dump: { rooms: [], packages: ['yaml'], node: [] },
  model: { rooms: ['dump'], packages: [], node: [] },
  decode: { rooms: ['dump', 'model'], packages: ['protobufjs'], node: [] },
  match: { rooms: ['dump', 'model'], packages: ['re2js', 'ipaddr.js'], node: [] },
  query: { rooms: ['dump', 'model', 'match'], packages: [], node: [] },
  accesslog: { rooms: ['dump', 'model', 'match'], packages: [], node: [] },
  diagnostics: { rooms: ['dump', 'model'], packages: [], node: [] },
  trace: { rooms: ['dump', 'model', 'match', 'diagnostics'], packages: [], node: [] },
  follow: { rooms: ['dump', 'model', 'match', 'query', 'diagnostics', 'trace'], packages: [], node: [] },
  lint: { rooms: ['dump', 'model', 'match', 'query', 'diagnostics'], packages: [], node: [] },
  describe: { rooms: ['dump', 'model', 'match', 'query', 'diagnostics', 'lint'], packages: [], node: [] },
  'route-test': { rooms: ['dump', 'model', 'decode', 'match', 'query', 'trace'], packages: [], node: [] },
  compare: { rooms: ['dump', 'model', 'decode', 'match', 'query', 'trace'], packages: [], node: [] },
  // Looks: a table or a tree as text.
  render: {
    rooms: ['dump', 'model', 'match', 'query', 'accesslog', 'trace', 'follow', 'lint', 'describe', 'diagnostics', 'compare', 'route-test'],
    packages: ['cli-table3', 'yaml'],
    node: ['node:util'],
  },
  // Bytes from files, streams and sockets.
  source: { rooms: ['dump'], packages: ['undici', '@kubernetes/client-node', 'fzstd', 'tar-stream'], node: 'all' },
  // The conductor.
  cli: {
    rooms: [
      'dump',
      'model',
      'decode',
      'match',
      'query',
      'accesslog',
      'diagnostics',
      'trace',
      'follow',
      'lint',
      'describe',
      'compare',
      'route-test',
      'render',
      'source',
    ],
    packages: ['yargs', 'yaml'],
    node: 'all',
  },
};

const CORE = ['dump', 'model', 'decode', 'match', 'query', 'accesslog', 'diagnostics', 'trace', 'follow', 'lint', 'describe', 'compare', 'route-test'];
/** Rooms that are functions of their input: same input, same output. */
const PURE = ['dump', 'model', 'decode', 'match', 'query', 'accesslog', 'trace', 'follow', 'lint', 'describe', 'compare', 'route-test'];
const SRC = join(import.meta.dirname, '../src');

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
  /** Loaded when it is needed, not with the file. */
  readonly isLazy: boolean;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'))
  .sort();
const texts = new Map(files.map((file) => [file, withoutComments(readFileSync(join(SRC, file), 'utf8'))]));
const imports = files.flatMap((file) => importsOf(file, texts.get(file) ?? ''));
const roomOf = (file: string): string => file.split('/')[0] ?? '';

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  for (const [whole, , isType, to, lazy] of text.matchAll(/^\s*(import|export)\s(type\s)?[^;'"]*?from\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm)) {
    const names = /\{([^}]*)\}/.exec(whole ?? '')?.[1]?.split(',') ?? [];
    const allTypes =
      names.length > 0 && !/^\s*(?:import|export)\s+\w+\s*,/.test(whole ?? '') && names.every((name) => name.trim() === '' || name.trim().startsWith('type '));
    found.push({ from: file, to: to ?? lazy ?? '', isType: isType !== undefined || allTypes, isLazy: lazy !== undefined });
  }
  return found;
}

const inner = imports
  .filter(({ to }) => to.startsWith('.'))
  .map((found) => ({ ...found, to: normalize(join(dirname(found.from), found.to)).replaceAll('\\', '/') }));
const outer = imports.filter(({ to }) => !to.startsWith('.'));

describe('every room keeps to the law of imports', () => {
  test('the law knows every room', () => {
    expect([...new Set(files.map(roomOf))].filter((room) => LAWS[room] === undefined)).toEqual([]);
    expect(inner.length).toBeGreaterThan(300);
  });

  test.each(Object.entries(LAWS))('%s', (room, law) => {
    const mine = ({ from }: Import): boolean => roomOf(from) === room;
    const strangers = inner.filter(mine).filter(({ to }) => roomOf(to) !== room && !law.rooms.includes(roomOf(to)) && !to.startsWith('../package.json'));
    const isPackage = (name: string): boolean => law.packages.some((allowed) => name === allowed || name.startsWith(`${allowed}/`));
    const isNode = (name: string): boolean => name.startsWith('node:') && (law.node === 'all' || law.node.includes(name));
    const foreign = outer.filter(mine).filter(({ to }) => !isPackage(to) && !isNode(to));
    expect([...strangers, ...foreign].map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  test('imports name a file, with its ending', () => {
    expect(inner.filter(({ to }) => !/\.(?:ts|json)$/.test(to)).map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  test('no file imports itself by way of others', () => {
    const edges = new Map<string, string[]>();
    for (const { from, to, isType, isLazy } of inner) if (!isType && !isLazy) edges.set(from, [...(edges.get(from) ?? []), to]);
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (path.includes(file) || done.has(file)) return;
      for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });
});

describe('what a room may touch', () => {
  const uses = (rooms: readonly string[], pattern: RegExp): string[] =>
    files
      .filter((file) => rooms.includes(roomOf(file)) && pattern.test(texts.get(file) ?? ''))
      .map((file) => `${file}: ${pattern.exec(texts.get(file) ?? '')?.[0]}`);

  test('the core knows nothing of Node', () => {
    expect(uses(CORE, /(?<![\w.'"-])(?:process\.\w+|Buffer\.\w+|__dirname\b|require\()/)).toEqual([]);
  });

  test('the console belongs to cli', () => {
    expect(
      uses(
        Object.keys(LAWS).filter((room) => room !== 'cli'),
        /\bconsole\.\w+/,
      ),
    ).toEqual([]);
  });

  test('nothing pure looks at the clock or throws dice', () => {
    expect(uses(PURE, /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.now\(/)).toEqual([]);
  });
});
