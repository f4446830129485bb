import { maskSecrets } from '../decode/mask-secrets.ts';

/** What a value goes through before it is shown: secrets are taken out unless `--show-secrets` is given. */
export function masker(args: { readonly 'show-secrets': boolean }): <T>(value: T) => T {
  return args['show-secrets'] ? (value) => value : maskSecrets;
}
