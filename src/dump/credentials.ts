/** Names of headers, parameters and fields whose value lets somebody in. */
const CREDENTIAL_NAME = /^(?:proxy-)?authorization$|(?:^|[-_])(?:api[-_]?key|token|secret|password)$/i;

/** Words near which a text may hold a credential. */
const CREDENTIAL_WORD = /authorization|bearer|basic |passw|secret|token|cookie|api[-_ ]?key|private key|:\/\/[^\s/]*@/i;

/** Whether a header or parameter of this name holds a credential: `authorization`, `x-api-key`, `my-token`. */
export function isCredentialName(name: string): boolean {
  return CREDENTIAL_NAME.test(name);
}

/** What is said of the value of a header or parameter: `= "abc"`, or, where it is a credential, `= "[redacted]"`. */
export function describeValue(name: string, description: string): string {
  return isCredentialName(name) ? description.replace(/"[\s\S]*"/, '"[redacted]"') : description;
}

/** A text of unknown content for a message: quoted, cut to a length, and left out where it may hold a credential. */
export function quotedText(text: string, length = 60): string {
  if (CREDENTIAL_WORD.test(text)) return '(not shown: it may hold a credential)';
  const line = text.replace(/\s+/g, ' ').trim();
  return JSON.stringify(line.length > length ? `${line.slice(0, length - 1)}…` : line);
}
