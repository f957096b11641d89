/** The texts of what is set of a service: configuration, environment, secrets, health check, startup script. */
import { type Catalogue, textsOf, useCatalogue } from '../../texts/catalogue.ts';
import { countText } from '../../texts/count.ts';

const english = {
  apply: 'Apply',
  discard: 'Discard',
  nothingChanged: 'Nothing was changed',
  form: {
    title: 'Configuration',
    text: 'What is not set is at its default. A change is checked on the nodes and goes back by itself where they refuse it.',
    empty: 'There is nothing to set.',
    mend: 'Mend what is marked first.',
    changed: (service: string, keys: readonly string[]) => `${service}: ${keys.join(', ')} changed.`,
    applyAction: (service: string) => `Apply the configuration of ${service}`,
    discardAction: (service: string) => `Discard what was typed into the configuration of ${service}`,
    edited: 'edited',
    set: 'set',
    notSet: 'not set',
    defaultIs: (value: string) => `Default: ${value}`,
    toDefault: (key: string) => `${key}: back to the default`,
  },
  environment: {
    title: 'Environment',
    text: 'Variables that the code finds. Passwords belong into Secrets.',
    columns: { name: 'Name', value: 'Value' },
    paste: 'Paste .env…',
    copy: 'Copy as .env',
    copied: 'Copied as .env text.',
    changed: (service: string) => `The environment of ${service} is changed.`,
    pasteAction: (service: string) => `Paste .env text into ${service}…`,
    applyAction: (service: string) => `Apply the environment of ${service}`,
    apply: 'Apply environment',
    isNew: 'new',
    isChanged: 'changed',
    asItIs: 'as it is',
    valueOf: (name: string) => `Value of ${name}`,
    remove: (name: string) => `Remove ${name}`,
    newName: 'Name of a new variable',
    newValue: 'Value of the new variable',
    valueHint: 'value',
    add: 'Add',
  },
  paste: {
    title: 'Paste .env text',
    label: 'Text',
    action: (variables: number, leftOut: number) =>
      `Take ${countText(variables, 'variable')}${leftOut > 0 ? `, leave out ${countText(leftOut, 'line')}` : ''}`,
    problems: 'Lines that are not understood',
    problem: (line: number, message: string) => `Line ${line}: ${message}`,
    wouldBeSet: 'What would be set',
    noEquals: 'There is no "=" in it: NAME=value is expected.',
    noName: (text: string) => `"${text}" is no name of a variable: letters, digits and _ are expected.`,
    tooLong: (name: string) => `The value of ${name} is too long.`,
    withNul: (name: string) => `The value of ${name} holds a NUL character.`,
    afterQuote: (quote: string) => `After the closing ${quote} nothing is expected.`,
    notClosed: (quote: string) => `The ${quote} is not closed.`,
  },
  variableName: {
    hint: 'NAME',
    wrong: 'Letters, digits and _',
  },
  secrets: {
    title: 'Secrets',
    text: 'The code finds each as a variable of its name. Values are set here and never shown again.',
    takeAway: 'Take away',
    takeAwayLabel: (secret: string) => `Take away ${secret} from the code`,
    takenAway: (service: string, secret: string) =>
      `The code of ${service} no longer gets ${secret}; its value is kept.`,
    newName: 'Name of a secret to give to the code',
    give: 'Give to the code',
    given: (service: string, secret: string) => `The code of ${service} gets ${secret}.`,
    others: (secrets: readonly string[]) => `There are also: ${secrets.join(', ')}`,
  },
  healthCheck: {
    title: 'Health check',
    text: 'A new version is asked for this path on each node before it goes live. It must answer with a status below 400.',
    path: 'Path',
    pathWrong: 'A path that begins with / is expected.',
    notSet: 'Not set: / must answer without a server error (below 500).',
    seconds: 'Seconds it may take',
    secondsWrong: 'From 0.1 to 120.',
    toDefault: 'Back to the default',
    when: 'It counts from the next change of code on.',
    failed: 'The check was not changed',
    set: (service: string, path: string) => `${service} is checked at ${path}.`,
    reset: (service: string) => `${service} has the default check again.`,
    applyAction: (service: string) => `Apply the health check of ${service}`,
  },
  script: {
    title: 'Startup script',
    text: "Runs once on each node before its role starts, as the role's user. Where it fails, the node keeps what it runs.",
    readFailed: 'The script could not be read',
    label: 'Script',
    dryRun: 'Dry run',
    network: 'with network',
    remove: 'Remove',
    setScript: 'Set script',
    changedMeanwhile: 'The script that is set was changed since you began to write. Discard shows it.',
    about:
      "A dry run works on a copy of a node's directory, for at most a minute and 1 MB of output, and changes nothing.",
    aboutWithNetwork:
      "A dry run works on a copy of a node's directory, for at most a minute and 1 MB of output, and changes nothing on the node; what it asks of the network really happens.",
    failed: 'The script was not set',
    removed: (service: string) => `The startup script of ${service} is removed.`,
    set: (service: string) => `The startup script of ${service} is set; it runs on each node now.`,
    dryRunAction: (service: string) => `Dry run of the startup script of ${service}`,
    setAction: (service: string) => `Set the startup script of ${service}`,
  },
  dryRun: {
    running: 'Running on a copy …',
    runningOf: (node: string) => `Running on a copy of ${node} …`,
    cancel: 'Cancel',
    output: 'Output of the dry run',
    wouldChange: (count: number, first: readonly string[]) =>
      `It would change ${countText(count, 'path')}: ${first.join(', ')}${count > first.length ? ' …' : ''}`,
    failed: 'The dry run did not end',
    timeout: (time: string) => `It did not end within ${time} and was ended.`,
    tooMuch: 'It said more than 1 MB and was ended.',
    good: (time: string) => `✓ It ended well after ${time}.`,
    bySignal: (time: string) => `✗ It ended by a signal after ${time}; a node would not start with it.`,
    withCode: (code: number, time: string) =>
      `✗ It ended with code ${code} after ${time}; a node would not start with it.`,
  },
};

export type ConfigurationTexts = typeof english;

const texts: Catalogue<ConfigurationTexts> = { en: english };

export const useConfigurationTexts = (): ConfigurationTexts => useCatalogue(texts);

/** For what is said outside of components. */
export const configurationTexts = (): ConfigurationTexts => textsOf(texts);
