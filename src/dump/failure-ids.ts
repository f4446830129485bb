/**
 * The ids of failures and notes about the input, PC10xx, one line each. Ids are permanent: they stand in scripts and bug reports.
 * A Failure ends the command with status 2; a note goes to standard error and the rest works.
 */
export const INPUT_IDS = {
  PC1001: 'section-missing: the input does not hold the section that the answer needs',
  PC1002: 'eds-not-included: the dump was taken without include_eds',
  PC1003: 'truncated: the text or the compressed data ends too early',
  PC1004: 'not-json: the text is not JSON at the place that is named',
  PC1005: 'repeated-key: one object holds a key twice',
  PC1006: 'nested-too-deep: brackets are nested deeper than any Envoy writes',
  PC1007: 'nothing-to-read: the file is recognised, and holds nothing that pc shows',
  PC1008: 'invalid-utf8: bytes that are not UTF-8 were read as U+FFFD',
  PC1009: 'html: the file is a web page',
  PC1010: 'several-proxies: the input holds several proxies and none is picked, or none of the name that was asked for',
  PC1011: 'usage: the command line is not understood',
  PC1012: 'bad-time: --now is not a time',
  PC1013: 'unreadable: the file cannot be opened or read',
  PC1014: 'empty: the file holds nothing',
  PC1015: 'bad-compression: compressed data is damaged or unpacks to more than is believed',
  PC1016: 'bad-archive: a tar archive is damaged',
  PC1017: 'no-dump-in-folder: a folder or archive holds no admin output',
  PC1018: 'not-yaml: the text is not YAML at the place that is named',
  PC1019: 'not-protobuf: binary data is no message that pc knows',
  PC1030: 'text-before: text before the JSON was skipped',
  PC1031: 'text-behind: text behind the JSON was skipped',
  PC1032: 'file-skipped: a file of a folder or archive could not be read and was left out',
  PC1033: 'file-unused: a file belongs to no proxy of the input',
  PC1034: 'section-unknown: a section or resource of a type that pc does not know was left as it is',
  PC1035: 'static-only: a bootstrap file shows static resources; what xDS delivers is not in it',
  PC1036: 'wrong-type: a part of the document is of another type than its place asks for; it is left out',
  PC1037: 'too-large: one value, or a document that must be read as a whole, is larger than pc holds',
  PC1038: 'no-room: the folder for temporary files cannot keep what must be read more than once',
} as const;

export type InputId = keyof typeof INPUT_IDS;
