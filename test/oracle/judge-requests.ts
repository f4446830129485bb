import type { TraceRequest } from '../../src/match/request.ts';
import type { TraceAnswer } from '../../src/trace/trace-answer.ts';
import { traceRequest } from '../../src/trace/trace-request.ts';
import { compareAnswer, type Judgement } from './compare.ts';
import type { Deployment } from './deploy.ts';
import { observe } from './observe.ts';
import type { Observed } from './observed.ts';

/** A request to one configuration of a deployment, still with placeholders. */
export interface Shot {
  /** Its place among the requests to this configuration. */
  readonly number: number;
  readonly index: number;
  readonly request: TraceRequest;
  /** Whether chance has a part in where it goes. */
  readonly random: boolean;
}

export interface JudgedShot extends Shot {
  readonly observed: Observed;
  readonly answer: TraceAnswer | null;
  readonly judgement: Judgement;
}

/** Several at a time, as most of a request's time is waiting for the access log. */
const AT_A_TIME = 8;

/** Sends every request and judges what the trace says of it. A trace that throws is wrong. */
export async function judgeRequests(deployment: Deployment, shots: readonly Shot[]): Promise<JudgedShot[]> {
  const results: JudgedShot[] = [];
  const waiting = [...shots];
  const worker = async (): Promise<void> => {
    for (let shot = waiting.shift(); shot !== undefined; shot = waiting.shift()) results.push(await judgeOne(deployment, shot));
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return results;
}

async function judgeOne(deployment: Deployment, shot: Shot): Promise<JudgedShot> {
  const request = deployment.aim(shot.index, shot.request);
  const answer = answerOf(deployment, request);
  const observed = await observe(request, deployment.log, looks(shot, answer));
  if (answer instanceof Error) return { ...shot, observed, answer: null, judgement: { verdict: 'wrong', reason: `the trace threw: ${answer.message}` } };
  return { ...shot, observed, answer, judgement: compareAnswer(observed, answer) };
}

function answerOf(deployment: Deployment, request: TraceRequest): TraceAnswer | Error {
  try {
    return traceRequest(deployment.proxy, request);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Enough looks that a count says something about a probability; a few where the trace says that it is always the same. */
function looks(shot: Shot, answer: TraceAnswer | Error): number {
  if (answer instanceof Error) return 1;
  const likeliest = Math.max(0, ...answer.outcomes.map((o) => o.probability ?? 0));
  if (likeliest < 1) return 24;
  return shot.random ? 4 : 1;
}
