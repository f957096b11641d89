/** The address of an application: opens in the browser, or is copied. */
import ContentCopy from '@mui/icons-material/ContentCopy';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Link from '@mui/material/Link';
import Tooltip from '@mui/material/Tooltip';
import { copyAddress, openAddress } from '../actions/address.ts';
import { useComponentTexts } from './texts/common.ts';

export interface AddressLinkProps {
  readonly application: string;
  readonly service?: string | undefined;
  readonly address: string;
}

export function AddressLink({ application, service, address }: AddressLinkProps) {
  const texts = useComponentTexts();
  return (
    <Box sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.25 }}>
      <Tooltip describeChild title={texts.openInBrowser}>
        <Link component="button" type="button" variant="body2" onClick={() => openAddress(application, service)}>
          {address}
        </Link>
      </Tooltip>
      <Tooltip describeChild title={texts.copyAddress}>
        <IconButton aria-label={texts.copyThis(address)} onClick={() => void copyAddress(address)}>
          <ContentCopy sx={{ fontSize: 15 }} />
        </IconButton>
      </Tooltip>
    </Box>
  );
}
