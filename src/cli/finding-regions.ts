import type { ExplainedFinding, Region } from '../diagnostics/explain-finding.ts';
import type { ByteSpan } from '../dump/byte-source.ts';
import type { DumpDocument } from '../dump/dump-document.ts';
import type { DumpPath } from '../dump/dump-path.ts';
import { parseJqPath } from '../dump/parse-jq-path.ts';
import { spanOfPath } from '../dump/span-of-path.ts';
import { textPlaces } from '../dump/text-places.ts';

/** A document beyond this size is not gone through for a place that no resource holds. */
const WHOLE = 8 << 20;

/**
 * The findings with the lines and columns of their places, where the document is JSON as it lies in the file: one that was YAML, text or
 * protobuf has places of its own, which are not known any more. One pass over each document.
 */
export function withRegions(findings: readonly ExplainedFinding[], documents: readonly DumpDocument[]): readonly ExplainedFinding[] {
  // A file of several proxies is a document of each, over the same bytes.
  const byLabel = new Map<string, DumpDocument[]>();
  for (const document of documents) if (document.format === 'json') byLabel.set(document.label, [...(byLabel.get(document.label) ?? []), document]);
  const spans = new Map<ExplainedFinding, ByteSpan>();
  for (const finding of findings) {
    const path = parseJqPath(finding.evidence.path);
    const span = (byLabel.get(finding.evidence.document) ?? []).map((document) => spanIn(document, path)).find((found) => found !== undefined);
    if (span !== undefined) spans.set(finding, span);
  }
  const regions = new Map<ExplainedFinding, Region>();
  for (const [label, [document]] of byLabel) {
    const mine = [...spans].filter(([finding]) => finding.evidence.document === label);
    if (mine.length === 0 || document === undefined) continue;
    const places = textPlaces(
      document.source,
      mine.flatMap(([, { start, end }]) => [start, end]),
    );
    for (const [finding, { start, end }] of mine) {
      const [from, to] = [places.get(start), places.get(end)];
      if (from !== undefined && to !== undefined)
        regions.set(finding, { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column });
    }
  }
  return findings.map((finding) => {
    const region = regions.get(finding);
    return region === undefined ? finding : { ...finding, region };
  });
}

/** Within the resource that holds the place, else within the whole of a document that is not large. */
function spanIn({ source, seeds, deferred = [] }: DumpDocument, path: DumpPath): ByteSpan | undefined {
  const all = [...seeds, ...deferred.flatMap((section) => section.split([]))];
  const isWithin = (start: DumpPath): boolean => start.length <= path.length && start.every((step, i) => step === path[i]);
  const seed = all.find(({ span, path: own }) => span !== undefined && isWithin(own)) ?? all.find(({ entry }) => isWithin(entry.path));
  if (seed === undefined) return source.size > WHOLE ? undefined : spanOfPath(source.read(0, source.size), path);
  const isOwn = seed.span !== undefined && isWithin(seed.path);
  const [within, start] = isOwn ? [seed.span as ByteSpan, seed.path] : [seed.entry.span, seed.entry.path];
  const found = spanOfPath(source.read(within.start, within.end), path.slice(start.length));
  return found === undefined ? undefined : { start: within.start + found.start, end: within.start + found.end };
}
