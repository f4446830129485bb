// Assembles the part of the WebAssembly text format that json-kernel.wat uses: functions of folded expressions, globals, one memory.
// Source of the encoding: https://webassembly.github.io/spec/core/binary/ (opcodes: the index of instructions there).

const TYPES = { i32: 0x7f, i64: 0x7e, v128: 0x7b };
const EMPTY = 0x40;
const END = 0x0b;

/** Instructions without immediates, by their bytes. */
const PLAIN = {
  return: [0x0f],
  'i32.eqz': [0x45],
  'i32.eq': [0x46],
  'i32.ne': [0x47],
  'i32.ge_s': [0x4e],
  'i32.ge_u': [0x4f],
  'i32.gt_s': [0x4a],
  'i32.gt_u': [0x4b],
  'i32.ctz': [0x68],
  'i32.add': [0x6a],
  'i32.sub': [0x6b],
  'i32.mul': [0x6c],
  'i32.and': [0x71],
  'i32.or': [0x72],
  'i32.xor': [0x73],
  'i32.shl': [0x74],
  'i32.shr_u': [0x76],
  'i64.eqz': [0x50],
  'i64.ne': [0x52],
  'i64.ctz': [0x7a],
  'i64.popcnt': [0x7b],
  'i64.sub': [0x7d],
  'i64.and': [0x83],
  'i64.or': [0x84],
  'i64.xor': [0x85],
  'i64.shl': [0x86],
  'i64.shr_s': [0x87],
  'i64.shr_u': [0x88],
  'i32.wrap_i64': [0xa7],
  'i64.extend_i32_u': [0xad],
  'i8x16.splat': [0xfd, 15],
  'i8x16.eq': [0xfd, 35],
  'i8x16.gt_u': [0xfd, 40],
  'v128.or': [0xfd, 80],
  'v128.any_true': [0xfd, 83],
  'i8x16.bitmask': [0xfd, 100],
};

/** Instructions on memory: bytes and alignment. */
const MEMORY = { 'i32.load': [[0x28], 0], 'i64.load': [[0x29], 0], 'i32.store': [[0x36], 0], 'i32.load8_u': [[0x2d], 0], 'v128.load': [[0xfd, 0], 0] };

/** The bytes of a module's binary form. In: its text. Throws an Error that names what it does not know. */
export function assemble(text) {
  const [, ...fields] = parse(text);
  const of = (kind) => fields.filter((field) => field[0] === kind);
  const inline = new Map(of('func').flatMap((field) => (field.some(([kind]) => kind === 'inline') ? [[field[1], field]] : [])));
  const functions = of('func').flatMap((field) => (inline.has(field[1]) ? [] : [withInlined(field, inline)]));
  const globals = of('global');
  const index = (list) => new Map(list.map((field, i) => [field[1], i]));
  const names = { functions: index(functions), globals: index(globals) };
  const compiled = functions.map((field) => compile(field, names));
  const [memory] = of('memory');
  const exports = [
    ...compiled.flatMap(({ exported }, i) => (exported === undefined ? [] : [[...string(exported), 0, ...unsigned(i)]])),
    [...string(exportOf(memory)), 2, 0],
  ];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(compiled.map(({ type }) => type))),
    ...section(3, vector(compiled.map((_, i) => unsigned(i)))),
    ...section(5, vector([[0, ...unsigned(memory.at(-1))]])),
    ...section(6, vector(globals.map(([, , [, type]]) => [TYPES[type], 1, ...CONSTANTS[type], END]))),
    ...section(7, vector(exports)),
    ...section(10, vector(compiled.map(({ code }) => [...unsigned(code.length), ...code]))),
  ]);
}

/**
 * Engines do not put a called function in the place of its call yet: `(func $f (inline) …)` asks for that. Such a function is one expression,
 * in which each operand stands as it is given.
 */
function withInlined(part, inline) {
  if (!Array.isArray(part)) return part;
  const [operation, name, ...rest] = part.map((inner) => withInlined(inner, inline));
  const called = operation === 'call' ? inline.get(name) : undefined;
  if (called === undefined) return [operation, name, ...rest].slice(0, part.length);
  const parameters = called.filter(([kind]) => kind === 'param').map(([, parameter]) => parameter);
  return withOperands(called.at(-1), new Map(parameters.map((parameter, i) => [parameter, rest[i]])));
}

function withOperands(part, operands) {
  if (!Array.isArray(part)) return part;
  return part[0] === 'local.get' && operands.has(part[1]) ? operands.get(part[1]) : part.map((inner) => withOperands(inner, operands));
}

/** Globals begin at 0. */
const CONSTANTS = { i32: [0x41, 0], i64: [0x42, 0] };

/** One function: `(func $name (export "name") (param $a i32)… (result i32) (local $b i64)… expression…)`. */
function compile(field, names) {
  const parts = field.slice(2);
  const of = (kind) => parts.filter((part) => part[0] === kind);
  const [params, locals] = [of('param'), of('local')];
  const body = parts.filter(([kind]) => !['export', 'param', 'result', 'local'].includes(kind));
  const variables = new Map([...params, ...locals].map(([, name], i) => [name, i]));
  const emit = emitter({ ...names, variables });
  return {
    exported: exportOf(field),
    type: [0x60, ...vector(params.map(([, , type]) => [TYPES[type]])), ...vector(of('result').map(([, type]) => [TYPES[type]]))],
    code: [...vector(locals.map(([, , type]) => [1, TYPES[type]])), ...body.flatMap((part) => emit(part, [])), END],
  };
}

/** What turns an expression into bytes, given the labels of the blocks around it, innermost first. */
function emitter({ functions, globals, variables }) {
  const indexOf = (list, name) => {
    if (!list.has(name)) throw new Error(`unknown name ${name}`);
    return unsigned(list.get(name));
  };
  const all = (parts, labels) => parts.flatMap((part) => emit(part, labels));
  const branch = (name, labels) => {
    if (!labels.includes(name)) throw new Error(`unknown label ${name}`);
    return unsigned(labels.indexOf(name));
  };
  const emit = ([operation, ...parts], labels) => {
    const [name, ...rest] = parts;
    switch (operation) {
      case 'local.get':
        return [0x20, ...indexOf(variables, name)];
      case 'local.set':
        return [...all(rest, labels), 0x21, ...indexOf(variables, name)];
      case 'global.get':
        return [0x23, ...indexOf(globals, name)];
      case 'global.set':
        return [...all(rest, labels), 0x24, ...indexOf(globals, name)];
      case 'i32.const':
        return [0x41, ...signed(BigInt.asIntN(32, BigInt(name)))];
      case 'i64.const':
        return [0x42, ...signed(BigInt.asIntN(64, BigInt(name)))];
      case 'call':
        return [...all(rest, labels), 0x10, ...indexOf(functions, name)];
      case 'block':
        return [0x02, EMPTY, ...all(rest, [name, ...labels]), END];
      case 'loop':
        return [0x03, EMPTY, ...all(rest, [name, ...labels]), END];
      case 'if': {
        const [, ...then] = rest.at(-1);
        return [...emit(name, labels), 0x04, EMPTY, ...all(then, ['', ...labels]), END];
      }
      case 'br':
        return [0x0c, ...branch(name, labels)];
      case 'br_if':
        return [...all(rest, labels), 0x0d, ...branch(name, labels)];
      default:
    }
    if (MEMORY[operation] !== undefined) {
      const [bytes, align] = MEMORY[operation];
      const hasOffset = typeof name === 'string';
      return [...all(hasOffset ? rest : parts, labels), ...bytes, align, ...unsigned(hasOffset ? name.replace('offset=', '') : 0)];
    }
    if (PLAIN[operation] === undefined) throw new Error(`unknown instruction ${operation}`);
    const [first, ...more] = PLAIN[operation];
    return [...all(parts, labels), first, ...more.flatMap(unsigned)];
  };
  return emit;
}

/** The outermost list of a text of nested lists. */
function parse(text) {
  const tokens = text.replace(/;;.*$/gm, '').match(/\(|\)|"[^"]*"|[^\s()]+/g);
  let at = 0;
  const list = () => {
    const items = [];
    for (;;) {
      const token = tokens[at++];
      if (token === undefined) throw new Error('a ) is missing');
      if (token === ')') return items;
      items.push(token === '(' ? list() : token);
    }
  };
  at++;
  return list();
}

function exportOf(field) {
  return field.find((part) => part[0] === 'export')?.[1].slice(1, -1);
}

/** LEB128 without a sign. */
function unsigned(number) {
  const bytes = [];
  let rest = BigInt(number);
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return bytes;
}

/** LEB128 with a sign. */
function signed(number) {
  const bytes = [];
  for (let rest = number; ; ) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const isLast = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0);
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return bytes;
  }
}

function vector(items) {
  return [...unsigned(items.length), ...items.flat()];
}

function string(text) {
  return vector([...new TextEncoder().encode(text)].map((byte) => [byte]));
}

function section(id, bytes) {
  return [id, ...unsigned(bytes.length), ...bytes];
}
