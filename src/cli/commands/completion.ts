import { Failure } from '../../dump/failure.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** Each script asks `pc` itself for the words, so that it never falls behind the flags; yargs adds descriptions for zsh. File names complete where pc knows no word. */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# pc completion for bash: source <(pc completion bash)
_pc_complete() {
  local word="\${COMP_WORDS[COMP_CWORD]}" IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(SHELL=bash ZSH_NAME= pc --get-yargs-completions "\${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)" -- "$word"))
}
complete -o bashdefault -o default -F _pc_complete pc kubectl-pc
`,
  zsh: `#compdef pc kubectl-pc
# pc completion for zsh: source <(pc completion zsh), or save it as _pc in a folder of $fpath
_pc_complete() {
  local -a words_of_pc
  words_of_pc=("\${(@f)$(ZSH_NAME=zsh pc --get-yargs-completions "\${(@)words[1,CURRENT]}" 2>/dev/null)}")
  if (( \${#words_of_pc} )) && [[ -n "\${words_of_pc[1]}" ]]; then
    _describe 'pc' words_of_pc || _files
  else
    _files
  fi
}
if [[ "\${zsh_eval_context[-1]}" == loadautofunc ]]; then _pc_complete "$@"; else compdef _pc_complete pc kubectl-pc; fi
`,
  fish: `# pc completion for fish: pc completion fish | source
function __pc_complete
  set -l line (commandline -opc) (commandline -ct)
  SHELL=zsh pc --get-yargs-completions $line 2>/dev/null | string replace -r '^([^:]*):(.*)$' '$1\\t$2'
end
complete -c pc -a '(__pc_complete)'
complete -c kubectl-pc -a '(__pc_complete)'
`,
};

export const command = defineCommand({
  flags: {},
  positionals: [{ name: 'shell', describe: 'the shell to print the script for', required: true, choices: SHELLS }],
  examples: [
    ['source <(pc completion bash)', 'bash, for this session'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: zsh's own
    ['pc completion zsh > "${fpath[1]}/_pc"', 'zsh, for good'],
    ['pc completion fish > ~/.config/fish/completions/pc.fish', 'fish, for good'],
  ],
  async run(args, io) {
    const script = SCRIPTS[String(args['shell'])];
    if (script === undefined) throw new Failure({ id: 'PC1011', what: `no completion for ${String(args['shell'])}`, next: `one of: ${SHELLS.join(', ')}` });
    io.out(script);
    return EXIT.fine;
  },
});
