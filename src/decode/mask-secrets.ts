/** Masking works on JSON and on decoded messages alike; it stands in dump, so that every room may mask what it shows. */
export { maskSecretBytes, maskSecrets, maskSecretsAt, REDACTED, REDACTED_BYTES } from '../dump/mask-secrets.ts';
