import { Failure } from '../../dump/failure.ts';
import { defineCommand } from '../command.ts';
import { COMMON_FLAGS } from '../common-flags.ts';

export const command = defineCommand({
  flags: { ...COMMON_FLAGS },
  examples: [['pc endpoints -f config_dump.json', 'the table']],
  async run() {
    throw new Failure({ id: 'PC9002', what: 'pc endpoints is not built yet' });
  },
});
