/**
 * xterm.js makes its style elements without a nonce (xtermjs issue 4445), and sets the colours of some cells by their
 * `style` attribute; the policy of the page refuses both. So style elements get the page's nonce when they are made, and
 * that attribute is set through the object model, which the policy allows. Both are calls of this page's own code: markup
 * that came from elsewhere is refused as before.
 */
let done = false;

export function stampStyles(): void {
  if (done) return;
  done = true;
  const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
  const make = document.createElement.bind(document);
  document.createElement = ((name: string, options?: ElementCreationOptions) => {
    const element = make(name, options);
    if (name.toLowerCase() === 'style') element.nonce = nonce;
    return element;
  }) as typeof document.createElement;
  const { setAttribute } = Element.prototype;
  HTMLElement.prototype.setAttribute = function (this: HTMLElement, name: string, value: string) {
    if (name === 'style') this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };
}
