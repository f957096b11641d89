/** Through which proxy updates are fetched: the system's, none, or one of the user's own. */
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useAction } from '../components/use-action.ts';
import { desktop } from '../hub/desktop.ts';
import { usePreferences } from '../stores/preferences.ts';
import { Choice } from './choice.tsx';
import { useSettingsTexts } from './texts.ts';

type Kind = 'system' | 'direct' | 'own';

export function ProxyChoice() {
  const texts = useSettingsTexts();
  const { proxy } = usePreferences();
  const kept: Kind = proxy === 'system' || proxy === 'direct' ? proxy : 'own';
  const [kind, setKind] = useState<Kind>(kept);
  const [address, setAddress] = useState(kept === 'own' ? proxy : '');
  // The main process decides what an address is.
  const keep = useAction(async (wanted: string) => {
    await desktop.setPreferences({ proxy: wanted });
    usePreferences.setState({ proxy: wanted });
  });
  const keepAddress = (): void => {
    if (address !== '' && address !== proxy) keep.run(address);
  };
  return (
    <>
      <Choice
        label={texts.proxy}
        value={kind}
        values={texts.proxies}
        onChange={(chosen) => {
          setKind(chosen);
          if (chosen === 'own') keepAddress();
          else keep.run(chosen);
        }}
      />
      {kind === 'own' && (
        <TextField
          label={texts.proxyAddress}
          value={address}
          size="small"
          placeholder="http://proxy.example.org:3128"
          error={keep.failure !== undefined}
          helperText={keep.failure ? texts.proxyWrong : ' '}
          onChange={({ target }) => setAddress(target.value.trim())}
          onBlur={keepAddress}
          onKeyDown={({ key }) => key === 'Enter' && keepAddress()}
          slotProps={{ htmlInput: { maxLength: 300, spellCheck: false } }}
          sx={{ width: 360, mt: 1 }}
        />
      )}
      <Typography variant="body2" color="textSecondary" sx={{ pb: 0.5 }}>
        {texts.proxyText}
      </Typography>
    </>
  );
}
