/** Tells that something was typed here and not applied yet. */
import Edit from '@mui/icons-material/EditOutlined';
import type { Look } from './state-look.tsx';
import { StateLook } from './state-look.tsx';

const look: Look = { word: 'unsaved changes', color: 'warning', Icon: Edit };

export function Unsaved() {
  return <StateLook look={look} small />;
}
