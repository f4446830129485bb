import { Failure } from '../../dump/failure.ts';
import { defineCommand } from '../command.ts';
import { COMMON_FLAGS } from '../common-flags.ts';

export const command = defineCommand({
  flags: { ...COMMON_FLAGS },
  examples: [['pc secrets -f config_dump.json', 'the table']],
  async run() {
    throw new Failure({ id: 'PC9002', what: 'pc secrets is not built yet' });
  },
});
