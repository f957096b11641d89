/** What of a line can be seen: searching must find what people read, whatever colours lie between. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
const sequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\|$)|[ -/]*[0-~])/g;

/** A line without its terminal control sequences. */
export function visibleText(line: string): string {
  return line.includes('\u001b') ? line.replace(sequences, '') : line;
}
