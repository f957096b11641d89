/** An entry as its archive states it: nothing is checked yet. */
export type RawEntry = { readonly name: string; readonly mode: number } & (
  | { readonly kind: 'file'; readonly size: number; readonly body: AsyncIterable<Buffer> }
  | { readonly kind: 'directory' }
  | { readonly kind: 'symlink' | 'hardlink'; readonly target: string }
  /** A device, a fifo: `what` names it. */
  | { readonly kind: 'special'; readonly what: string }
);
