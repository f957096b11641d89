/** On which cloud something is, behind what it is. */
import { useCloudTexts } from './texts.ts';

export function OnCloud({ cloud }: { readonly cloud: string | undefined }) {
  const texts = useCloudTexts().choice;
  return cloud === undefined ? null : <> · {texts.on(cloud)}</>;
}
