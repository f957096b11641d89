/** Shell completion: `conpaas completion bash|zsh|fish` prints a script; it asks the command itself for the words. */
import type { Command } from 'commander';
import { ConpaasError } from '../../remote/core/contract/errors.ts';

const scripts: Readonly<Record<string, string>> = {
  bash: `_conpaas() { local IFS=$'\\n'; COMPREPLY=($(compgen -W "$(conpaas complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}")); }
complete -o default -F _conpaas conpaas`,
  zsh: `#compdef conpaas
_conpaas() { local -a words_; words_=("\${(@f)$(conpaas complete -- "\${words[@]:1:$((CURRENT-1))}" 2>/dev/null)}"); compadd -a words_; _files }
compdef _conpaas conpaas`,
  fish: `complete -c conpaas -a '(conpaas complete -- (commandline -opc)[2..-1] (commandline -ct))'`,
};

/** @throws ConpaasError invalid_request for a shell that is not known */
export function completionScript(shell: string): string {
  const script = scripts[shell];
  if (script === undefined)
    throw new ConpaasError(
      'invalid_request',
      `There is no completion for "${shell}"; there is for ${Object.keys(scripts).join(', ')}.`,
    );
  return script;
}

/** Words that may follow: sub-commands and options of the deepest command that the words name. */
export function completions(program: Command, words: readonly string[]): string[] {
  let command = program;
  for (const word of words.slice(0, -1)) {
    const next = command.commands.find((one) => one.name() === word);
    if (next) command = next;
  }
  const names = command.commands.map((one) => one.name()).filter((name) => name !== 'complete');
  const options = [...command.options, ...program.options].map(({ long }) => long ?? '');
  const last = words.at(-1) ?? '';
  return [...names, ...options].filter((word) => word !== '' && word.startsWith(last)).sort();
}
