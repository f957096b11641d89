/** A visitor of the guestbook, as a browser would act. */

/** Texts of the newest entries, newest first. @throws unless the page is there */
export async function entries(address: string): Promise<string[]> {
  const answer = await fetch(address);
  const page = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status}: ${page}`);
  return [...page.matchAll(/<p class="text">([^<]*)/g)].map(([, text = '']) => text);
}

export async function sign(address: string, name: string, text: string): Promise<void> {
  const form = await fetch(address);
  const cookie = form.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const token = /name="token" value="([^"]+)"/.exec(await form.text())?.[1] ?? '';
  const body = new URLSearchParams({ token, name, text });
  const answer = await fetch(`${address}/`, { method: 'POST', headers: { cookie }, body, redirect: 'manual' });
  if (answer.status !== 303) throw new Error(`${answer.status}: ${await answer.text()}`);
}
