/** What `%RESPONSE_CODE_DETAILS%` or a reset reason in it means. */
export interface ResponseCodeDetail {
  readonly name: string;
  /** Who ended the request. */
  readonly by: 'proxy' | 'upstream' | 'client' | 'connection';
  readonly means: string;
  /** Where it is best looked at. */
  readonly next: string;
}
