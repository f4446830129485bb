import type { TypedExtensionConfig } from '../model/generated/envoy-api.ts';
import { anyType } from '../model/message.ts';

/** What an input of a matcher yields: its text, null where the request has none, or the reason why a dump cannot tell. */
export type InputValue = string | null | { readonly unavailable: string };

/** Resolves an input by the message name of its configuration; the input itself has the parameters (a header's name, say). */
export type MatcherInputs = (type: string, input: TypedExtensionConfig) => InputValue;

/** The value of an input; a matcher without one is not known. */
export function inputValue(input: TypedExtensionConfig | undefined, inputs: MatcherInputs): InputValue {
  return input === undefined ? { unavailable: 'a matcher without an input' } : inputs(anyType(input.typed_config), input);
}
