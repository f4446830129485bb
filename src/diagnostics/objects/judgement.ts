/** What the objects say of one thing that is broken: a cluster, a host, a path. */
export interface Judgement {
  /** What it is about, as the trace names it. */
  readonly subject: string;
  /** True where the objects would end this break, as far as they tell; undefined where they say nothing of that. */
  readonly mends: boolean | undefined;
  readonly sentences: readonly string[];
}

export const broken = (subject: string, ...sentences: readonly string[]): Judgement => ({ subject, mends: false, sentences });
export const mended = (subject: string, ...sentences: readonly string[]): Judgement => ({ subject, mends: true, sentences });
export const unknown = (subject: string, ...sentences: readonly string[]): Judgement => ({ subject, mends: undefined, sentences });
