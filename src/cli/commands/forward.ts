import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { LIVE_FLAGS, TARGET } from '../live-flags.ts';
import { untilStopped } from '../until-stopped.ts';

export const FORWARD_FLAGS = {
  ...LIVE_FLAGS,
  port: { type: 'string', alias: 'p', describe: 'port of 127.0.0.1 to open (by default any that is free)', group: 'Live proxy:' },
} as const;

export const command = defineCommand({
  flags: FORWARD_FLAGS,
  positionals: [TARGET],
  examples: [
    ['pc forward deploy/web', 'the admin interface of a pod, on a free port of 127.0.0.1, until Ctrl-C'],
    ['pc forward web-7d9.shop -p 15000', 'on a port of your choice'],
  ],
  async run(args, io) {
    const { forwardOne } = await import('../live-forward.ts');
    const { label, url, close } = await forwardOne('forward', args, io);
    const stopped = untilStopped();
    io.out(`${url} leads to the admin interface of ${label}; Ctrl-C ends it\n`);
    await stopped;
    await close();
    return EXIT.fine;
  },
});
