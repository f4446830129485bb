import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readDebugLine } from '../../src/accesslog/debug-line.ts';
import { DebugStories, type DebugStory } from '../../src/accesslog/debug-stories.ts';
import { isDebugLog } from '../../src/cli/debug-log.ts';

const RECORDED = gunzipSync(readFileSync(join(import.meta.dirname, 'data', 'envoy-1.40-debug.log.gz')))
  .toString('utf8')
  .split('\n');

function storiesIn(lines: readonly string[]): DebugStory[] {
  const stories: DebugStory[] = [];
  const reader = new DebugStories((story) => void stories.push(story));
  for (const line of lines) reader.add(line);
  reader.finish();
  return stories.filter((story) => story.method !== '');
}

const steps = (story: DebugStory | undefined): string[] => (story?.events ?? []).map((event) => event.step);
const byId = (stories: readonly DebugStory[], id: string): DebugStory | undefined => stories.find((story) => story.requestId === id);

describe('a debug log of a real Envoy with a thousand interleaved requests', () => {
  const stories = storiesIn(RECORDED);

  test('every request has one story, and three of them fail', () => {
    expect(stories).toHaveLength(1000);
    expect(stories.filter((story) => story.status !== 200).map((story) => [story.requestId, story.status])).toEqual([
      ['req-500', 504],
      ['req-700', 503],
      ['req-800', 503],
    ]);
  });

  test('the slow one: upstream host named, timeout, reply, and only then the client’s end', () => {
    const story = byId(stories, 'req-500');
    expect(story).toMatchObject({ path: '/items/slow?one=1', cluster: 'catalog', hosts: ['127.0.0.1:18103'] });
    expect(steps(story)).toEqual(['request', 'cluster', 'upstream', 'timeout', 'local-reply', 'response', 'downstream-closed']);
  });

  test('a cluster that is not there', () => {
    expect(steps(byId(stories, 'req-700'))).toEqual(['request', 'no-cluster', 'local-reply', 'response', 'downstream-closed']);
  });

  test('a refused connection names the host that refused', () => {
    const story = byId(stories, 'req-800');
    expect(story).toMatchObject({ cluster: 'refused', hosts: ['127.0.0.1:18199'] });
    expect(steps(story)).toEqual(['request', 'cluster', 'pool', 'connecting', 'connect-failed', 'reset', 'local-reply', 'response', 'downstream-closed']);
  });

  test('every answered request tells the host that answered', () => {
    const answered = stories.filter((story) => story.status === 200);
    expect(answered.filter((story) => story.hosts.length !== 1)).toEqual([]);
  });

  test('the same log in Istio’s text format and in JSON gives the same stories', () => {
    const plain = /^\[(\d{4}-\d\d-\d\d) ([^\]]+)\]\[(\d+)\]\[(\w+)\]\[(\w+)\] \[([^\]]*)\] (.*)$/;
    const istio = RECORDED.map((line) => line.replace(plain, '$1T$2Z\t$4\tenvoy $5 $6\t$7\tthread=$3'));
    const json = RECORDED.map((line) => {
      const [, day, time, thread, level, scope, caller, msg] = plain.exec(line) ?? [];
      return day === undefined ? line : JSON.stringify({ time: `${day}T${time}Z`, level, scope: `envoy ${scope}`, caller, msg, thread });
    });
    const short = (found: readonly DebugStory[]): unknown => found.map((story) => [story.requestId, story.status, story.hosts, steps(story)]);
    expect(short(storiesIn(istio))).toEqual(short(stories));
    expect(short(storiesIn(json))).toEqual(short(stories));
  });

  test('it is told from an access log', () => {
    expect(isDebugLog(RECORDED)).toBe(true);
    expect(isDebugLog(['[2026-11-21T21:29:24.785Z] "GET / HTTP/1.1" 200 - via_upstream - "-" 0 1 1 1 "-" "c" "i" "h" "-" - - - - - -'])).toBe(false);
  });
});

describe('a debug log in JSON, as Envoy’s application_log_config writes it: a thousand requests, headers within the message', () => {
  const stories = storiesIn(
    gunzipSync(readFileSync(join(import.meta.dirname, 'data', 'envoy-1.40-debug-json.log.gz')))
      .toString('utf8')
      .split('\n'),
  );

  test('every request has one story, and three of them fail', () => {
    expect(stories).toHaveLength(1000);
    expect(
      stories
        .filter((story) => story.status !== 200)
        .map((story) => [story.requestId, story.status])
        .sort(),
    ).toEqual([
      ['req-500', 504],
      ['req-700', 503],
      ['req-800', 503],
    ]);
    expect(stories.filter((story) => story.status === 200 && story.hosts.length !== 1)).toEqual([]);
  });

  test('the slow one: upstream host named, timeout, reply, and only then the client’s end', () => {
    const story = byId(stories, 'req-500');
    expect(story).toMatchObject({ path: '/items/slow?one=1', cluster: 'catalog', hosts: [expect.stringMatching(/^127\.0\.0\.1:1810[123]$/)] });
    expect(steps(story).filter((step) => step !== 'pool' && step !== 'connecting' && step !== 'connected')).toEqual([
      'request',
      'cluster',
      'upstream',
      'timeout',
      'local-reply',
      'response',
      'downstream-closed',
    ]);
  });

  test('a refused connection names the host that refused', () => {
    expect(byId(stories, 'req-800')).toMatchObject({ cluster: 'refused', hosts: ['127.0.0.1:18199'] });
  });
});

test('connection and stream in brackets, as older versions write them', () => {
  const line = "[2021-03-01 10:00:00.000][25][debug][router] [source/common/router/router.cc:429] [C9446][S1091] cluster 'a' match for URL '/'";
  expect(readDebugLine(line)).toMatchObject({ connection: '9446', stream: '1091', component: 'router', message: "cluster 'a' match for URL '/'" });
});
