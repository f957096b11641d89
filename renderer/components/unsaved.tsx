/** Tells that something was typed here and not applied yet. */
import Edit from '@mui/icons-material/EditOutlined';
import { type Sign, StateLook } from './state-look.tsx';
import { useComponentTexts } from './texts/common.ts';

const sign: Sign = { color: 'warning', Icon: Edit };

export function Unsaved() {
  const { unsaved } = useComponentTexts();
  return <StateLook look={{ ...sign, word: unsaved }} small />;
}
