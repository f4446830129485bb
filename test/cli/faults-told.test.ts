import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { LARGE, SEARCHED } from '../../src/dump/byte-source.ts';
import { pc } from '../support/pc.ts';
import { tempFolder } from '../support/temp-folder.ts';

const folder = tempFolder({});
afterAll(() => folder.remove());

const TYPE = 'type.googleapis.com/envoy';

/** A dump of at least so many bytes, with a cluster whose fields are as given. */
function dumpWith(fields: string, bytes: number): string {
  const cluster = (name: string, more: string): string =>
    `{"cluster":{"@type":"${TYPE}.config.cluster.v3.Cluster","name":"${name}","alt_stat_name":"${'x'.repeat(1000)}"${more}}}`;
  const others = Array.from({ length: Math.ceil(bytes / 1100) }, (_, i) => cluster(`c${i}`, ''));
  const clusters = [...others, cluster('faulty', `,${fields}`)].join(',\n');
  const listener = `{"listener":{"@type":"${TYPE}.config.listener.v3.Listener","name":"web","address":{"socket_address":{"address":"0.0.0.0","port_value":80}}}}`;
  return `{"configs":[{"@type":"${TYPE}.admin.v3.ClustersConfigDump","dynamic_active_clusters":[${clusters}]},{"@type":"${TYPE}.admin.v3.ListenersConfigDump","static_listeners":[${listener}]}]}`;
}

const FAULTS: readonly (readonly [fault: string, fields: string, told: RegExp])[] = [
  ['no JSON', '"lb_policy": nope', /note\[PC1036\]: faulty: not JSON: an unexpected "n" at .*\.json:\d+:\d+/],
  ['a value of the wrong type', '"lb_policy": {"is": "wrong"}', /note\[PC1036\]: faulty: .*lb_policy/],
];

describe.each(FAULTS)('a resource that holds %s', (fault, fields, told) => {
  const file = (bytes: number): string => {
    const path = `${folder.path}/${fault.replaceAll(' ', '-')}-${bytes}.json`;
    writeFileSync(path, dumpWith(fields, bytes));
    return path;
  };

  test.each([
    ['small', 1000],
    ['middling', SEARCHED],
    ['large', LARGE],
  ])('is told by pc check, whatever the size: %s', async (_, bytes) => {
    expect((await pc('check', '-f', file(bytes))).err).toMatch(told);
  });

  test('is told by the table that shows it, up to 4 MiB; of a larger dump by what reads all of the resource', async () => {
    expect((await pc('clusters', '-f', file(SEARCHED))).err).toMatch(told);
    const large = file(LARGE);
    expect((await pc('listeners', '-f', large)).err).toBe('');
    expect((await pc('clusters', '-o', 'json', '--fqdn', 'faulty', '-f', large)).err).toMatch(told);
  });
});
