/** How the machines of a further cloud reach the director: one of two must be said, and the second wants an address. */
import FormControl from '@mui/material/FormControl';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import FormLabel from '@mui/material/FormLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import TextField from '@mui/material/TextField';
import { useEffect, useId, useRef } from 'react';
import { useCloudTexts } from './texts.ts';

export interface Reach {
  /** undefined: nothing was said yet. */
  readonly way: 'network' | 'address' | undefined;
  readonly address: string;
}

/** What the director is told of it; undefined: not enough was said. Pure. */
export function reachOf({ way, address }: Reach): { connected: boolean; director?: string } | undefined {
  if (way === 'network') return { connected: true };
  const host = address.trim();
  return way === 'address' && isHost(host) ? { connected: false, director: host } : undefined;
}

/** A name or an IP address; no URL, and no port. Pure. */
function isHost(text: string): boolean {
  const isName = /^(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/i.test(text);
  return text.length <= 253 && (isName || /^[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text));
}

export interface ReachChoiceProps {
  readonly value: Reach;
  readonly onChange: (reach: Reach) => void;
}

export function ReachChoice({ value, onChange }: ReachChoiceProps) {
  const texts = useCloudTexts().further.reach;
  const hint = useId();
  const { way, address } = value;
  const field = useRef<HTMLDivElement>(null);
  // In a low window the field would come below the edge.
  useEffect(() => {
    if (way === 'address') field.current?.scrollIntoView({ block: 'nearest' });
  }, [way]);
  const isWrong = address.trim() !== '' && !isHost(address.trim());
  return (
    <FormControl component="fieldset" required aria-describedby={hint}>
      <FormLabel component="legend">{texts.label}</FormLabel>
      <RadioGroup
        value={way ?? ''}
        onChange={({ target }) => onChange({ ...value, way: target.value === 'network' ? 'network' : 'address' })}
      >
        <FormControlLabel value="network" control={<Radio size="small" />} label={texts.network} />
        <FormControlLabel value="address" control={<Radio size="small" />} label={texts.address} />
      </RadioGroup>
      <FormHelperText id={hint} sx={{ mx: 0 }}>
        {way === undefined ? texts.needed : way === 'network' ? texts.networkHint : texts.addressMeans}
      </FormHelperText>
      {way === 'address' && (
        <TextField
          ref={field}
          label={texts.host}
          required
          sx={{ mt: 2 }}
          value={address}
          error={isWrong}
          helperText={isWrong ? texts.wrongHost : texts.hostHint}
          onChange={({ target }) => onChange({ way, address: target.value })}
          slotProps={{ htmlInput: { maxLength: 253, spellCheck: false, autoCapitalize: 'off' } }}
        />
      )}
    </FormControl>
  );
}
