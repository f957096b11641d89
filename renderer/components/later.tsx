/**
 * Components that are fetched when they are first shown. As React's `lazy`, but what was fetched is shown at once: after
 * a fallback React holds back what replaces it for 300 ms, so as not to flicker, and here code comes from the disk in
 * a few.
 */
import { type ComponentType, type FunctionComponent, useLayoutEffect, useState } from 'react';

export interface Later<Props> extends FunctionComponent<Props> {
  /** Fetches it now: what is shown after that needs no wait. */
  fetch(): Promise<void>;
}

/**
 * @param load a component, e.g. `async () => (await import('./palette.tsx')).Palette`
 * @param Waiting is shown until it has come
 */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  Waiting: ComponentType = Nothing,
): Later<Props> {
  let fetched: ComponentType<Props> | undefined;
  const fetch = async (): Promise<void> => {
    fetched ??= await load();
  };
  function Fetched(props: Props) {
    const [, setFetched] = useState(fetched !== undefined);
    const [failed, setFailed] = useState<{ readonly thrown: unknown }>();
    useLayoutEffect(() => {
      fetch().then(
        () => setFetched(true),
        (thrown: unknown) => setFailed({ thrown }),
      );
    }, []);
    if (failed) throw failed.thrown;
    const Content = fetched;
    return Content ? <Content {...props} /> : <Waiting />;
  }
  return Object.assign(Fetched, { fetch });
}

function Nothing() {
  return null;
}
