import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { TARGET } from '../live-flags.ts';
import { untilStopped } from '../until-stopped.ts';
import { FORWARD_FLAGS } from './forward.ts';

export const command = defineCommand({
  flags: { ...FORWARD_FLAGS, browser: { type: 'boolean', default: true, describe: '--browser=false only says the address', group: 'Output:' } },
  positionals: [TARGET],
  examples: [
    ['pc dashboard deploy/istio-ingressgateway -n istio-system', "Envoy's own pages, in the browser, until Ctrl-C"],
    ['pc dashboard web-7d9.shop --browser=false', 'say the address, open nothing'],
  ],
  async run(args, io) {
    const { forwardOne } = await import('../live-forward.ts');
    const { label, url, close } = await forwardOne('dashboard', args, io);
    const stopped = untilStopped();
    io.out(`${url} shows the admin interface of ${label}; Ctrl-C ends it\n`);
    const { openBrowser } = await import('../open-browser.ts');
    if (args.browser && !(await openBrowser(url))) io.err('note: no browser could be opened: open the address yourself\n');
    await stopped;
    await close();
    return EXIT.fine;
  },
});
