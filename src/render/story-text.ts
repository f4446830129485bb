import type { DebugStory, StoryStep } from '../accesslog/debug-stories.ts';
import { explainDetails } from '../diagnostics/response-code-details.ts';
import type { Style } from './style.ts';

const WORDS: Readonly<Record<StoryStep, (about: string) => string>> = {
  request: (about) => `request: ${about}`,
  cluster: (about) => `the route sends it to cluster "${about}"`,
  'no-route': (about) => `no route matches ${about}`,
  'no-cluster': (about) => `the route names cluster "${about}", which the proxy does not have`,
  connecting: (about) => `opens a connection to ${about}`,
  connected: (about) => `connected to ${about}`,
  'connect-failed': (about) => `the connection failed: ${about}`,
  pool: (about) => about,
  upstream: (about) => `sent to ${about}`,
  'upstream-headers': () => 'the upstream answers',
  timeout: (about) => `${about}: the proxy waited as long as the route allows`,
  reset: (about) => `the try ended: ${about}`,
  'upstream-closed': (about) => `the upstream ${about} closed the connection`,
  'local-reply': (about) => `the proxy answers by itself: ${about}${meaningOf(about)}`,
  response: (about) => `response ${about} to the client`,
  'downstream-closed': (about) => `downstream disconnected: ${about}`,
};

/** ` (The upstream did not answer …)`: what the details of the answer mean, the innermost reason first. */
function meaningOf(details: string): string {
  const means = explainDetails(details).at(-1)?.means.replace(/\.$/, '');
  return means === undefined ? '' : ` (${means})`;
}

/** What to look at next, by the details of the answer that the proxy made itself. */
function nextOf(story: DebugStory): string {
  const reply = story.events.find(({ step }) => step === 'local-reply')?.about;
  return reply === undefined ? '' : (explainDetails(reply).at(-1)?.next ?? '');
}

/** The story of one request, in order, for a person. */
export function storyText(story: DebugStory, style: Style): string {
  const host = story.hosts.length > 0 ? `, upstream ${story.hosts.join(', then ')}` : '';
  const head = `${story.status || 'no answer'}  ${story.method} ${story.authority}${story.path}${host}`;
  const lines = [
    style.bold(head),
    `  ${style.dim(`connection C${story.connection}, stream ${story.stream}${story.requestId === '' ? '' : `, request id ${story.requestId}`}`)}`,
  ];
  const clock = (time: string): string => /\d\d:\d\d:\d\d\.\d{3}/.exec(time)?.[0] ?? time;
  for (const { time, step, about } of story.events) {
    const text = WORDS[step](about);
    const bad =
      step === 'timeout' || step === 'reset' || step === 'no-route' || step === 'no-cluster' || step === 'connect-failed' || step === 'upstream-closed';
    lines.push(`  ${style.dim(clock(time))}  ${bad ? style.red(text) : text}`);
  }
  const next = nextOf(story);
  if (next !== '') lines.push(`  ${style.dim('next')}  ${next}`);
  return `${lines.join('\n')}\n`;
}
