/** A button that opens a menu of choices, and a choice in it that can be on or off. */
import ArrowDropDown from '@mui/icons-material/ArrowDropDown';
import CheckBox from '@mui/icons-material/CheckBox';
import CheckBoxOutlineBlank from '@mui/icons-material/CheckBoxOutlineBlank';
import Button from '@mui/material/Button';
import ListItemText from '@mui/material/ListItemText';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { type ReactNode, useState } from 'react';

interface DropDownProps {
  readonly label: string;
  /** What the label, which is short, is about. */
  readonly title?: string;
  readonly children: (close: () => void) => ReactNode;
}

export function DropDown({ label, title, children }: DropDownProps) {
  const [anchor, setAnchor] = useState<HTMLElement>();
  const close = () => setAnchor(undefined);
  return (
    <>
      <Button
        color="inherit"
        endIcon={<ArrowDropDown />}
        {...(title === undefined ? {} : { title, 'aria-label': `${title}: ${label}` })}
        aria-haspopup="menu"
        aria-expanded={anchor !== undefined}
        onClick={({ currentTarget }) => setAnchor(currentTarget)}
        sx={{ px: 0.75, minWidth: 0, fontWeight: 500, maxWidth: 220, '& .MuiButton-endIcon': { ml: 0 } }}
      >
        {label}
      </Button>
      <Menu
        open={anchor !== undefined}
        {...(anchor ? { anchorEl: anchor } : {})}
        onClose={close}
        // Inside of its landmark, where who reads by landmarks finds it.
        disablePortal
        slotProps={{ paper: { sx: { maxHeight: 420 } } }}
      >
        {children(close)}
      </Menu>
    </>
  );
}

export function Check({
  checked,
  text,
  beside,
  onClick,
}: {
  checked: boolean;
  text: string;
  beside?: string;
  onClick: () => void;
}) {
  const Icon = checked ? CheckBox : CheckBoxOutlineBlank;
  return (
    <MenuItem dense role="menuitemcheckbox" aria-checked={checked} onClick={onClick}>
      <Icon aria-hidden fontSize="small" color={checked ? 'primary' : 'inherit'} sx={{ mr: 1 }} />
      <ListItemText primary={text} secondary={beside} />
    </MenuItem>
  );
}
