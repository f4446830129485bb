import { jqPath } from '../dump/dump-path.ts';
import { isJsonObject, type JsonValue } from '../dump/json-value.ts';
import { maskSecretsAt } from '../dump/mask-secrets.ts';
import { parseJqPath } from '../dump/parse-jq-path.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Evidence, EvidenceFrame } from './facts.ts';
import { locate } from './locate.ts';

const WIDEST = 160;

/**
 * The line of the dump that a piece of evidence points at, with the part to look at marked; the path in the dump's own spelling.
 * A member that is not there is shown by what should hold it. Without a line where the place cannot be looked up (another document, a section that is only text).
 */
export function frameEvidence(evidence: Evidence, proxy: ProxyConfig): EvidenceFrame {
  const steps = parseJqPath(evidence.path);
  const at = locate(proxy, evidence.document, steps) ?? locate(proxy, evidence.document, steps.slice(0, -1));
  const note = evidence.note ?? '';
  if (at === undefined) return { document: evidence.document, path: evidence.path, line: '', mark: undefined, note };
  const key = at.path.at(-1);
  // An entry of a list is known by its name.
  const own = typeof key === 'number' && isJsonObject(at.value) && typeof at.value['name'] === 'string' ? at.value['name'] : undefined;
  if (own !== undefined) {
    const line = `"name": ${JSON.stringify(own)}`;
    return { document: evidence.document, path: jqPath(at.path), line, mark: { from: 8, length: line.length - 8 }, note };
  }
  const label = typeof key === 'string' ? `${JSON.stringify(key)}: ` : '';
  const text = shortText(maskSecretsAt(at.path, at.value));
  const isScalar = typeof at.value !== 'object' || at.value === null;
  return {
    document: evidence.document,
    path: jqPath(at.path),
    line: `${label}${text}`,
    mark: isScalar || label === '' ? { from: label.length, length: text.length } : { from: 0, length: label.length - 2 },
    note,
  };
}

/** Scalars whole; of objects and lists as much as fits a line, else how much they hold. */
function shortText(value: JsonValue): string {
  const text = JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && 'text' in inner && !isJsonObject(inner) ? Number(inner) : inner,
  );
  if (text.length <= WIDEST) return text;
  if (Array.isArray(value)) return `[ ${value.length} entries ]`;
  if (isJsonObject(value)) {
    const keys = Object.keys(value);
    return `{ ${keys.slice(0, 6).join(', ')}${keys.length > 6 ? `, … ${keys.length - 6} more` : ''} }`;
  }
  return `${text.slice(0, WIDEST)}…`;
}
