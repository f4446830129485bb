import { Failure } from '../../dump/failure.ts';
import { defineCommand } from '../command.ts';
import { COMMON_FLAGS } from '../common-flags.ts';

export const command = defineCommand({
  flags: { ...COMMON_FLAGS },
  positionals: [{ name: 'url', describe: 'the request: http://host[:port]/path?query' }],
  examples: [['pc trace http://shop.example/items -f config_dump.json', 'where does this request go?']],
  async run() {
    throw new Failure({ id: 'PC9002', what: 'pc trace is not built yet' });
  },
});
