import { jqPath } from '../dump/dump-path.ts';
import type { FoundPlace } from '../dump/found-place.ts';
import { isJsonObject, type JsonValue } from '../dump/json-value.ts';
import { maskSecretsAt } from '../dump/mask-secrets.ts';
import { parseJqPath } from '../dump/parse-jq-path.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Evidence, EvidenceFrame } from './facts.ts';
import { locate } from './locate.ts';

const WIDEST = 160;
/** A list of so many bytes is told by the number of its entries, without a look at them. */
const LONG = 1 << 20;

/**
 * The line of the dump that a piece of evidence points at, with the part to look at marked; the path in the dump's own spelling.
 * A member that is not there is shown by what should hold it. Without a line where the place cannot be looked up (another document, a section that is only text).
 */
export function frameEvidence(evidence: Evidence, proxy: ProxyConfig): EvidenceFrame {
  const { document, note = '' } = evidence;
  const steps = parseJqPath(evidence.path);
  for (const path of [steps, steps.slice(0, -1)]) {
    const at = locate(proxy, document, path);
    const shown = at && lineOf(at);
    if (shown !== undefined) return { document, path: jqPath(at?.path ?? []), ...shown, note };
  }
  return { document, path: evidence.path, line: '', mark: undefined, note };
}

/** The line of a place; undefined for what is not JSON. */
function lineOf(at: FoundPlace): Pick<EvidenceFrame, 'line' | 'mark'> | undefined {
  const key = at.path.at(-1);
  const label = typeof key === 'string' ? `${JSON.stringify(key)}: ` : '';
  const count = at.size > LONG ? at.count : undefined;
  if (count !== undefined) return markedLine(label, entriesText(count), false);
  const value = at.value();
  if (value === undefined) return undefined;
  // An entry of a list is known by its name.
  if (typeof key === 'number' && isJsonObject(value) && typeof value['name'] === 'string') return markedLine('"name": ', JSON.stringify(value['name']), true);
  return markedLine(label, shortText(maskSecretsAt(at.path, value)), typeof value !== 'object' || value === null);
}

/** A scalar is what to look at, of anything else its key. */
function markedLine(label: string, text: string, isScalar: boolean): Pick<EvidenceFrame, 'line' | 'mark'> {
  const mark = isScalar || label === '' ? { from: label.length, length: text.length } : { from: 0, length: label.length - 2 };
  return { line: `${label}${text}`, mark };
}

/** Scalars whole; of objects and lists as much as fits a line, else how much they hold. */
function shortText(value: JsonValue): string {
  const text = JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && 'text' in inner && !isJsonObject(inner) ? Number(inner) : inner,
  );
  if (text.length <= WIDEST) return text;
  if (Array.isArray(value)) return entriesText(value.length);
  if (isJsonObject(value)) {
    const keys = Object.keys(value);
    return `{ ${keys.slice(0, 6).join(', ')}${keys.length > 6 ? `, … ${keys.length - 6} more` : ''} }`;
  }
  return `${text.slice(0, WIDEST)}…`;
}

function entriesText(count: number): string {
  return `[ ${count} entries ]`;
}
