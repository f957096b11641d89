/** The names of an application on its first page: how each stands, and the way to more. */
import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import type { ServiceInfo } from '../../remote/core/contract/application.ts';
import { hrefOf } from '../stores/route.ts';
import { DomainState } from './domain-state.tsx';
import { useDomainTexts } from './texts.ts';
import { useDomains } from './use-domains.ts';

interface OverviewDomainsProps {
  readonly application: string;
  readonly services: readonly ServiceInfo[];
}

/** Nothing where there are no names: they are added in the settings. */
export function OverviewDomains({ application, services }: OverviewDomainsProps) {
  const texts = useDomainTexts();
  const { value: domains } = useDomains(application, services);
  if (!domains || domains.length === 0) return null;
  return (
    <Box component="section" aria-labelledby="domains">
      <Typography component="h2" variant="h2" id="domains" sx={{ mb: 0.5 }}>
        {texts.title}
      </Typography>
      {domains.map((domain) => (
        <Box
          key={`${domain.service} ${domain.name}`}
          sx={{ display: 'flex', gap: 1, alignItems: 'center', justifyContent: 'space-between', py: 0.25 }}
        >
          <Typography variant="body2" sx={{ overflowWrap: 'anywhere', minWidth: 0 }}>
            {domain.name}
          </Typography>
          <DomainState domain={domain} />
        </Box>
      ))}
      <Link variant="body2" href={hrefOf({ page: 'application', application, tab: 'settings' })}>
        {texts.more}
      </Link>
    </Box>
  );
}
