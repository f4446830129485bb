import type { TraceRequest } from '../../src/match/request.ts';
import type { TraceAnswer } from '../../src/trace/trace-answer.ts';
import { traceRequest } from '../../src/trace/trace-request.ts';
import { compareAnswer, type Judgement } from './compare.ts';
import type { Deployment } from './deploy.ts';
import { observe } from './observe.ts';
import type { Observed } from './observed.ts';

/** A request to one configuration of a deployment, still with placeholders. */
export interface Shot {
  readonly index: number;
  readonly request: TraceRequest;
  readonly times: number;
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
  const observed = await observe(request, deployment.log, shot.times);
  try {
    const answer = traceRequest(deployment.proxy, request);
    return { ...shot, observed, answer, judgement: compareAnswer(observed, answer) };
  } catch (error) {
    return {
      ...shot,
      observed,
      answer: null,
      judgement: { verdict: 'wrong', reason: `the trace threw: ${error instanceof Error ? error.message : String(error)}` },
    };
  }
}
