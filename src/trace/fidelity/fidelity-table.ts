/**
 * How trace treats a field that it meets on a request's way:
 * - modelled: followed as Envoy does.
 * - no effect: cannot change the verdict (statistics, logging, what follows after the host is chosen).
 * - condition: changes it by something outside the dump; the answer carries a named condition where that happens.
 * - undetermined: not modelled; where it is set, the verdict is `undetermined` and names the field.
 */
export type Treatment = 'modelled' | 'no effect' | 'condition' | 'undetermined';

export interface FidelityRow {
  readonly treatment: Treatment;
  /** What exactly is followed, or why there is no effect. */
  readonly note: string;
  /** The message that the field holds, where its own fields have rows too. */
  readonly of?: string;
  /** The field is a map of such messages: its keys are data. */
  readonly isMap?: boolean;
  /** The recorded case, oracle generator or test that shows it. */
  readonly proof?: string;
}

/** Rows by message name and field name. A field without a row is treated as `undetermined`. */
export type FidelityTable = Readonly<Record<string, Readonly<Record<string, FidelityRow>>>>;

export const modelled = (note = '', more: Partial<FidelityRow> = {}): FidelityRow => ({ treatment: 'modelled', note, ...more });
export const noEffect = (note: string, more: Partial<FidelityRow> = {}): FidelityRow => ({ treatment: 'no effect', note, ...more });
export const condition = (note: string, more: Partial<FidelityRow> = {}): FidelityRow => ({ treatment: 'condition', note, ...more });
export const undetermined = (note: string, more: Partial<FidelityRow> = {}): FidelityRow => ({ treatment: 'undetermined', note, ...more });
