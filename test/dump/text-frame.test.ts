import { describe, expect, test } from 'vitest';
import { bytesSource, textSource } from '../../src/dump/byte-source.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import { type Frame, frameOf } from '../../src/dump/text-frame.ts';

const frame = (text: string): Frame => frameOf(textSource('dump.json', text));
const DUMP = '{\n "configs": []\n}\n';

describe('what stands before the document', () => {
  const noises: readonly (readonly [title: string, before: string])[] = [
    ['a byte-order mark and a status', '\ufeff200\n'],
    ['blank lines', '\n \r\n'],
    ['a status on its own line', '200\n'],
    ['a status on the same line', '200'],
    ['a status and CRLF', '200\r\n'],
    [
      "curl's progress",
      '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\r100  1k    0  1k    0     0  4768k      0 --:--:-- --:--:-- --:--:-- 4768k\n',
    ],
    ["curl's progress, unfinished, on the same line", '  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0'],
    ['the head of an HTTP response', 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nserver: envoy\r\n\r\n'],
    ["kubectl's chatter", 'Defaulted container "istio-proxy" out of: istio-proxy, istio-init (init)\n'],
    ['a warning that looks like YAML', 'Warning: the port is deprecated\n'],
    ['the command line', "$ kubectl exec web-0 -- curl -s 'localhost:15000/config_dump?include_eds' | jq '.configs[]'\n"],
    ["lines of Envoy's log", '[2024-01-01 10:00:00.000][7][info][main] [source/server/server.cc:1] {"a": 1} started\n[2024-01-01 10:00:00.001][7][info] x\n'],
  ];
  test.each(noises)('%s is passed over', (_, before) => {
    const found = frame(before + DUMP);
    expect(found.format).toBe('json');
    expect(found.head.trimStart()).toBe(DUMP);
    expect(found.from).toBe(new TextEncoder().encode(before.trim() === '' ? '' : before).length);
  });

  test('what was passed over is said, unless it is blank', () => {
    expect(frame(`200\n${DUMP}`).notes).toMatchObject([{ id: 'PC1030', what: expect.stringContaining('"200"') }]);
    expect(frame(`\ufeff\n${DUMP}`).notes).toEqual([]);
  });

  test.each(['utf-16le', 'utf-16be'])('%s, as PowerShell writes it, is read', (encoding) => {
    const bytes = Buffer.from(`\ufeff${DUMP}`, 'utf16le');
    if (encoding === 'utf-16be') bytes.swap16();
    expect(frameOf(bytesSource('dump.json', new Uint8Array(bytes))).head).toContain('"configs"');
  });
});

describe('the format', () => {
  const formats: readonly (readonly [format: Frame['format'], text: string])[] = [
    ['json', '[]'],
    ['json', "{'configs': []}"],
    ['yaml', 'static_resources:\n  clusters: []\n'],
    ['yaml', '# a comment\n\n---\n- name: x\n'],
    ['yaml', 'configs:\n- "@type": x\n  a: |\n    {"b": 1}\n'],
    ['yaml', '"quoted key": 1\n'],
    ['text', 'some text\nwith { braces }\n'],
    ['text', 'xds-grpc::added_via_api::false\n'],
    ['text', '[2024-01-01 10:00:00.000][7][info] started\n'],
    ['protobuf', '\n\u0012\u0001\u0002\u0003\u0004\u0005'],
  ];
  test.each(formats)('%s: %j', (format, text) => {
    expect(frame(text).format).toBe(format);
  });

  const refused: readonly (readonly [title: string, bytes: string, id: string])[] = [
    ['nothing', '', 'PC1014'],
    ['blanks', ' \r\n\t', 'PC1014'],
    ['a web page', '<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>', 'PC1009'],
    ['XML', '<?xml version="1.0"?><Error/>', 'PC1009'],
    ['a zip archive', 'PK\u0003\u0004abc', 'PC1007'],
  ];
  test.each(refused)('%s is refused', (_, text, id) => {
    expect(() => frame(text)).toThrow(expect.objectContaining({ id, place: expect.stringContaining('dump.json'), next: expect.any(String) }));
  });

  test('a web page is told by its title', () => {
    expect(() => frame('<html><title>Sign in</title>')).toThrow('dump.json is a web page ("Sign in"), not admin output');
  });
});

describe('what stands behind the document', () => {
  test('text is skipped and said', async () => {
    const [document] = await readDocuments(textSource('dump.json', `${DUMP}\r\ncommand terminated with exit code 1\n`));
    expect(document).toMatchObject({ kind: 'config_dump', notes: [{ id: 'PC1031', what: expect.stringContaining('command terminated') }] });
  });

  test('blanks and zero bytes are nothing', async () => {
    const [document] = await readDocuments(textSource('dump.json', `${DUMP}\n${' '.repeat(9000)}\0\0`));
    expect(document?.notes).toEqual([]);
  });

  test('another JSON document is read too', async () => {
    const text = `200\n${DUMP}\n{"cluster_statuses": []}{"certificates": []}\n200\n{"listener_statuses": []}\n`;
    const documents = await readDocuments(textSource('all.json', text));
    expect(documents.map((document) => document.kind)).toEqual(['config_dump', 'clusters', 'certs', 'listeners']);
    expect(documents.map((document) => document.notes.length)).toEqual([1, 0, 0, 1]);
  });
});
