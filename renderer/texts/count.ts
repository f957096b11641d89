/** For English catalogues: `1 node`, `2 nodes`. Other languages count in other ways, in their own catalogues. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
