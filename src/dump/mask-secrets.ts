import { bytesSource } from './byte-source.ts';
import type { DumpPath } from './dump-path.ts';
import { Failure } from './failure.ts';
import { type OutlineNode, outlineJson } from './json-outline.ts';
import { JsonNumber } from './json-value.ts';
import { isNaming, maskedText, mayBeJson, OPEN_SCOPE, REDACTED, type SecretScope, scopeBelow, scopeNamed } from './secret-rules.ts';

export { REDACTED, REDACTED_BYTES } from './secret-rules.ts';

/**
 * A copy of a value with its secrets replaced as Envoy itself does it: `[redacted]`, in fields of bytes its base64.
 *
 * In: a decoded message (what it keeps and derives included) or any JSON value, keys in either case. Out: the same value, and parts
 * without secrets are the same objects. Secret are: private keys and their passwords, generic secrets, session ticket keys, basic-auth
 * users, tokens and API keys, the values of credential headers; anywhere: PEM private keys, JSON web tokens, passwords in URLs.
 * Text that is `[redacted]` already stays. The rules are in secret-rules.ts.
 */
export function maskSecrets<T>(value: T): T {
  return maskValue('', value, OPEN_SCOPE) as T;
}

/** As {@link maskSecrets}, for a value that stands at a place: the keys above it say too whether it is secret. */
export function maskSecretsAt<T>(path: DumpPath, value: T): T {
  let scope = OPEN_SCOPE;
  let key = '';
  for (const step of path) {
    if (typeof step !== 'string') continue;
    scope = scopeBelow(scope, key);
    key = step;
  }
  return maskValue(key, value, typeof value === 'string' ? scope : scopeBelow(scope, key)) as T;
}

function maskValue(key: string, value: unknown, scope: SecretScope): unknown {
  if (typeof value === 'string') return maskString(key, value, scope);
  if (typeof value !== 'object' || value === null || value instanceof JsonNumber) return value;
  return Array.isArray(value) ? maskList(key, value, scope) : maskObject(value as Record<PropertyKey, unknown>, scope);
}

function maskList(key: string, list: readonly unknown[], scope: SecretScope): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const masked = maskValue(key, list[i], scope);
    if (masked === list[i]) continue;
    copy ??= [...list];
    copy[i] = masked;
  }
  return copy ?? list;
}

function maskObject(object: Readonly<Record<PropertyKey, unknown>>, scope: SecretScope): object {
  const members = Reflect.ownKeys(object);
  let within = scope;
  for (const member of members) {
    if (typeof member !== 'string' || !isNaming(member)) continue;
    const name = object[member];
    if (typeof name === 'string') within = scopeNamed(within, name);
  }
  let copy: object | undefined;
  for (const member of members) {
    const held = object[member];
    const key = typeof member === 'symbol' ? '' : member;
    const masked = typeof held === 'string' ? maskString(key, held, within) : maskValue(key, held, scopeBelow(within, key));
    if (masked === held) continue;
    copy ??= Object.create(Object.getPrototypeOf(object), Object.getOwnPropertyDescriptors(object)) as object;
    Object.defineProperty(copy, member, { value: masked, enumerable: true, configurable: true, writable: true });
  }
  return copy ?? object;
}

function maskString(key: string, text: string, scope: SecretScope): string {
  const masked = maskedText(key, text, scope);
  if (masked !== text || !mayBeJson(text)) return masked;
  const bytes = new TextEncoder().encode(text);
  const inner = replaceSecrets(bytes);
  return inner === undefined || inner === bytes ? text : new TextDecoder().decode(inner);
}

/**
 * The dump's own bytes of a JSON value with only the secret texts replaced: every other byte is as it was (the very same array where
 * there is none). Bytes that are not JSON are not shown at all, since what is secret in them is unknown.
 */
export function maskSecretBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return bytes;
  return replaceSecrets(bytes) ?? new TextEncoder().encode(JSON.stringify(`${REDACTED}: not readable as JSON; --show-secrets prints it`));
}

function replaceSecrets(bytes: Uint8Array): Uint8Array | undefined {
  const edits: { readonly start: number; readonly end: number; readonly text: string }[] = [];
  const textAt = textReader(bytes);
  const maskAt = (key: string, node: OutlineNode, text: string, scope: SecretScope): void => {
    const masked = maskString(key, text, scope);
    if (masked !== text) edits.push({ start: node.start, end: node.end, text: JSON.stringify(masked) });
  };
  const visit = (key: string, node: OutlineNode, scope: SecretScope): void => {
    if (node.kind === 'string') maskAt(key, node, textAt(node), scope);
    else if (node.kind === 'array') {
      for (const element of node.children ?? []) visit(key, element, scope);
    } else if (node.kind === 'object') {
      const members = node.children ?? [];
      let within = scope;
      for (const member of members) if (member.kind === 'string' && isNaming(member.key ?? '')) within = scopeNamed(within, textAt(member));
      for (const member of members) {
        const name = member.key ?? '';
        if (member.kind === 'string') maskAt(name, member, textAt(member), within);
        else visit(name, member, scopeBelow(within, name));
      }
    }
  };
  try {
    visit('', outlineJson(bytesSource('', bytes), Number.POSITIVE_INFINITY), OPEN_SCOPE);
  } catch (error) {
    if (error instanceof Failure || error instanceof SyntaxError) return undefined;
    throw error;
  }
  return edits.length === 0 ? bytes : spliced(bytes, edits);
}

/** What the strings of a document say. It is decoded in one go, and strings are cut out of it where each byte is one character of it. */
function textReader(bytes: Uint8Array): (node: OutlineNode) => string {
  const decoder = new TextDecoder();
  const whole = decoder.decode(bytes);
  const isAligned = whole.length === bytes.length;
  return (node) => {
    const inside = isAligned ? whole.slice(node.start + 1, node.end - 1) : '\\';
    return inside.includes('\\') ? (JSON.parse(decoder.decode(bytes.subarray(node.start, node.end))) as string) : inside;
  };
}

function spliced(bytes: Uint8Array, edits: readonly { readonly start: number; readonly end: number; readonly text: string }[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const edit of edits) {
    parts.push(bytes.subarray(at, edit.start), new TextEncoder().encode(edit.text));
    at = edit.end;
  }
  parts.push(bytes.subarray(at));
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let to = 0;
  for (const part of parts) {
    result.set(part, to);
    to += part.length;
  }
  return result;
}
