import type { PatchOperation } from '../../src/compare/change.ts';
import type { JsonValue } from '../../src/dump/json-value.ts';

type Node = { [key: string]: Node } | Node[] | string | number | boolean | null;

/** Applies a JSON Patch by the letter of RFC 6902: throws where a place does not exist. */
export function applyJsonPatch(document: JsonValue, patch: readonly PatchOperation[]): JsonValue {
  let root = structuredClone(document) as Node;
  for (const operation of patch) {
    if (operation.op === 'move') {
      const value = at(root, operation.from);
      root = remove(root, operation.from);
      root = set(root, operation.path, value, false);
    } else if (operation.op === 'remove') root = remove(root, operation.path);
    else root = set(root, operation.path, structuredClone(operation.value) as Node, operation.op === 'replace');
  }
  return root as JsonValue;
}

function steps(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function at(root: Node, pointer: string): Node {
  return steps(pointer).reduce((node, step) => child(node, step, pointer), root);
}

function child(node: Node, step: string, pointer: string): Node {
  if (Array.isArray(node) && /^\d+$/.test(step) && Number(step) < node.length) return node[Number(step)] as Node;
  if (typeof node === 'object' && node !== null && !Array.isArray(node) && Object.hasOwn(node, step)) return node[step] as Node;
  throw new Error(`no ${step} at ${pointer}`);
}

function parentOf(root: Node, pointer: string): { readonly parent: Node; readonly last: string } {
  const path = steps(pointer);
  const last = path.pop() ?? '';
  return { parent: path.reduce((node, step) => child(node, step, pointer), root), last };
}

function remove(root: Node, pointer: string): Node {
  const { parent, last } = parentOf(root, pointer);
  child(parent, last, pointer);
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete (parent as { [key: string]: Node })[last];
  return root;
}

function set(root: Node, pointer: string, value: Node, mustExist: boolean): Node {
  if (pointer === '') return value;
  const { parent, last } = parentOf(root, pointer);
  if (mustExist) child(parent, last, pointer);
  if (!Array.isArray(parent)) (parent as { [key: string]: Node })[last] = value;
  else if (mustExist) parent[Number(last)] = value;
  else {
    const index = last === '-' ? parent.length : Number(last);
    if (!(index <= parent.length)) throw new Error(`no place ${last} at ${pointer}`);
    parent.splice(index, 0, value);
  }
  return root;
}
