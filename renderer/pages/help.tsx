import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { Facts } from '../components/facts.tsx';
import { Page } from '../components/page.tsx';
import { hrefOf } from '../stores/route.ts';

const answers: readonly (readonly [question: string, answer: string])[] = [
  [
    'What runs where?',
    'A director looks after all your applications. Each application has a manager; its services run on nodes. On this computer all of them are processes of yours, each application with an address of its own.',
  ],
  [
    'What happens when I close the window?',
    'Nothing stops. “Stop everything” in the File menu ends all of it; code and data are kept.',
  ],
  [
    'How do I deploy a new version?',
    'Drop an archive or a folder on a service. Nodes change over one by one, each is checked, and if a check fails the old version comes back by itself.',
  ],
  ['And without the window?', 'The command `npx conpaas` does the same: `npx conpaas --help` lists everything.'],
];

const keys: readonly (readonly [string, string])[] = [
  ['Ctrl N', 'New application'],
  ['/', 'Search'],
  ['Ctrl 1, Ctrl 2', 'Applications, Activity'],
  ['Ctrl J', 'Show or hide the logs'],
  ['Alt ←, Alt →', 'Back, forward'],
];

export function HelpPage() {
  return (
    <Page title="Help">
      <Box sx={{ maxWidth: 680, display: 'flex', flexDirection: 'column', gap: 3 }}>
        <Paper component="dl" sx={{ m: 0, px: 2.5, py: 2 }}>
          {answers.map(([question, answer]) => (
            <Box key={question} sx={{ '& + &': { mt: 2 } }}>
              <Typography component="dt" sx={{ fontWeight: 600 }}>
                {question}
              </Typography>
              <Typography component="dd" color="textSecondary" sx={{ m: 0, mt: 0.25, lineHeight: 1.6 }}>
                {answer}
              </Typography>
            </Box>
          ))}
        </Paper>
        <section>
          <Typography component="h2" variant="h2" sx={{ mb: 1 }}>
            Keys
          </Typography>
          <Facts label="Keys" rows={keys} />
        </section>
        <section>
          <Typography component="h2" variant="h2" sx={{ mb: 1 }}>
            For programs
          </Typography>
          <Typography color="textSecondary">
            Everything in this window is a method that programs can call too:{' '}
            <Link underline="always" href={hrefOf({ page: 'methods' })}>
              the methods of the contract
            </Link>
            .
          </Typography>
        </section>
      </Box>
    </Page>
  );
}
