/** What a topic of the help is made of. Plain data: drawn as text, never as markup. */

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'steps'; readonly steps: readonly string[] }
  | { readonly kind: 'command'; readonly text: string };

export interface Content {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export const text = (words: string): Block => ({ kind: 'text', text: words });
export const steps = (...each: readonly string[]): Block => ({ kind: 'steps', steps: each });
export const command = (words: string): Block => ({ kind: 'command', text: words });
