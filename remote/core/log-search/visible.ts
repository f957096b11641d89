/** What of a line can be seen: searching must find what people read, whatever colours lie between. */
// The same as what the window leaves out (`renderer/logs/ansi.ts`; a test says so): marks are counted in what remains.
const sequences =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|$)|\u001b[ -/]*[0-~]|\u001b/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const control = /[\u001b\u0090\u0098\u009b\u009d-\u009f]/;

/** A line without its terminal control sequences. */
export function visibleText(line: string): string {
  return control.test(line) ? line.replace(sequences, '') : line;
}
