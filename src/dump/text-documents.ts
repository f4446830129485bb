import { clustersFromText, isClustersText } from './clusters-text.ts';
import type { DocumentKind } from './dump-document.ts';
import type { JsonObject } from './json-value.ts';
import { isListenersText, listenersFromText } from './listeners-text.ts';

/** A text that is no JSON and no YAML, by what it says. */
export interface TextKind {
  readonly kind: DocumentKind;
  readonly about: string;
  /** Reads it as JSON, where pc uses what it says. */
  readonly toJson?: (text: string) => { readonly json: JsonObject; readonly strange: readonly string[] };
}

const STAT = /^[^\s:]+: (?:-?\d+(?:\.\d+)?|"[^"]*"|No recorded values|P0\(.*)$/;
const PROMETHEUS = /^# (?:TYPE|HELP) \w+ |^\w+\{[^}]*\} -?[\d.eE+]+$/;
const TABLE = /^(?:(?:NAME|RESOURCE NAME|ECDS NAME|ADDRESSES|ENDPOINT|SERVICE FQDN|ACTION|CLUSTER)\s{2,}\S|(?:ADDRESS(?:ES)?|NAME)\s+\S+\s+\S+)/;

const KINDS: readonly (TextKind & { readonly is: (head: string) => boolean })[] = [
  { kind: 'clusters', about: "Envoy's /clusters (text)", is: isClustersText, toJson: clustersFromText },
  { kind: 'listeners', about: "Envoy's /listeners (text)", is: isListenersText, toJson: listenersFromText },
  { kind: 'stats', about: "Envoy's /stats/prometheus", is: (head) => PROMETHEUS.test(head) },
  { kind: 'stats', about: "Envoy's /stats (text)", is: isStats },
  { kind: 'tool_output', about: 'a table that a tool printed', is: (head) => TABLE.test(head) },
  { kind: 'tool_output', about: 'the version summary of istioctl proxy-config bootstrap', is: (head) => /^Istio Version:/.test(head) },
  { kind: 'tool_output', about: 'the versions of an istioctl bug-report', is: (head) => /^CLI version:/.test(head) },
  { kind: 'istiod_debug', about: "istiod's /debug/clusterz (empty)", is: (head) => head.trim() === 'null' },
  { kind: 'kubernetes', about: 'Kubernetes objects (YAML)', is: (head) => /^apiVersion: /m.test(head) && /^kind: /m.test(head) },
  { kind: 'other', about: 'a log', is: (head) => /^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(head) },
  { kind: 'other', about: "the answer of Envoy's /ready", is: (head) => /^(?:LIVE|DRAINING|PRE_INITIALIZING|INITIALIZING)$/.test(head.trim()) },
  {
    kind: 'other',
    about: "an error of Envoy's admin port",
    is: (head) => /^(?:invalid path\.|admin commands are:|upstream connect error|no healthy upstream)/.test(head),
  },
];

/** Whether a YAML text may hold what pc reads: worth parsing where nobody asked for this very file. */
export function mayBeXds(head: string): boolean {
  return /envoy|virtual_?hosts|filter_?chains|cluster_?name|load_?assignment|connect_?timeout|static_?resources/i.test(head);
}

/** What a text is, by its beginning; undefined where it is none of the texts that pc knows. */
export function textKind(head: string): TextKind | undefined {
  return KINDS.find(({ is }) => is(head.trimStart()));
}

function isStats(head: string): boolean {
  const lines = head.split('\n', 12).filter((line) => line.trim() !== '');
  const whole = lines.length > 1 ? lines.slice(0, -1) : lines;
  return whole.length > 0 && whole.every((line) => STAT.test(line.trimEnd())) && whole.some((line) => line.includes('.'));
}
