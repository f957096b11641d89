/** What the help says, in English: a document of its own, so that a translation is one too. */
import { type Content, command, steps, text } from './content.ts';

export const english = {
  start: {
    title: 'What runs where?',
    blocks: [
      text(
        'A director looks after all your applications. Each application has a manager; its services run on nodes. On this computer all of them are processes of yours, each application with an address of its own.',
      ),
      text(
        'Closing the window stops nothing. “Stop everything” in the File menu ends all of it; code and data are kept, and everything comes back when you start it again.',
      ),
    ],
  },
  applications: {
    title: 'Applications',
    blocks: [
      text(
        'The list shows every application of the director that is chosen at the top of the sidebar: how it is, where it answers, and how many of its nodes run. What does not run says why in its own row.',
      ),
      text('An application is opened by its name. Press / to search; Ctrl K finds it from anywhere.'),
      command('conpaas app list'),
    ],
  },
  new: {
    title: 'A new application',
    blocks: [
      steps(
        'Take a ready-made one, drop a manifest on the window, or paste one.',
        'Look at the plan: it says what would be made. Nothing has happened yet.',
        'Create it. Its steps are shown; it can be cancelled.',
      ),
      command('conpaas apply shop.json'),
    ],
  },
  application: {
    title: 'One application',
    blocks: [
      text(
        'Its first line says whether all is well; if not, what is not, why, and the button that leads there. Starting, stopping and renaming act at once and offer Undo. Deleting asks for the name, for nothing brings it back.',
      ),
      command('conpaas app show NAME'),
    ],
  },
  service: {
    title: 'Services and nodes',
    blocks: [
      text(
        'A service runs on nodes, each in a role: PHP has a proxy, web servers and backends; MySQL has one node. Change the number of nodes of a role with − and +, look at the difference, then apply it. Nodes that go are drained first.',
      ),
      command('conpaas nodes add NAME SERVICE backend=2'),
    ],
  },
  code: {
    title: 'A new version of the code',
    blocks: [
      steps(
        'Drop an archive or a folder on the service.',
        'Nodes change over one by one; each is checked, and you see which has it.',
        'If a check fails, the old version comes back by itself, and you see why.',
      ),
      text(
        'Earlier versions stay: make one live again, or roll back to the one before. Of a version that failed its check the list says so.',
      ),
      command('conpaas code upload NAME SERVICE site.zip'),
    ],
  },
  manifests: {
    title: 'Manifests',
    blocks: [
      text(
        'A manifest says in JSON which services an application has, and how they are configured. Applying it again changes the application to what it says. Files called NAME.conpaas open in this window.',
      ),
      command('conpaas plan shop.json'),
    ],
  },
  logs: {
    title: 'Logs',
    blocks: [
      text(
        'Logs open in the dock at the foot of the window and stay while you go elsewhere. Scrolling up stops following; the switch follows again. Hits only shows what is searched for with the lines of the same log around it. Lines that were rotated away before they could be read are one line with their number. A range of time from before what is here is read from the nodes by itself. Lines of removed nodes stay for seven days, unless you have them forgotten.',
      ),
      command('conpaas logs NAME --follow'),
    ],
  },
  metrics: {
    title: 'Metrics',
    blocks: [
      text(
        'Charts of an application, a service or a node. Drag over a chart to see a shorter time; with the keyboard, arrows move the point, + zooms, Escape shows all again. Operations are marked where they began or failed. As tables, the same figures can be read and copied. They are kept for 30 days.',
      ),
      command('conpaas metrics NAME'),
    ],
  },
  history: {
    title: 'History',
    blocks: [
      text(
        'Each change of code, manifest, configuration and references to secrets is a version of the whole application. Any two can be compared, and the application can return to an earlier one, which makes a new version. Data and node counts stay as they are.',
      ),
      command('conpaas history list NAME'),
    ],
  },
  activity: {
    title: 'Activity',
    blocks: [
      text(
        'Whatever takes time is an operation: with steps, a deadline, and the cause where it fails. What runs can be cancelled where it says so; what failed can be tried again. The number in the sidebar counts what runs and what failed since you last looked.',
      ),
      command('conpaas op list'),
    ],
  },
  clouds: {
    title: 'Clouds',
    blocks: [
      text(
        'Machines come from clouds: this computer, or an account of yours. Credentials are encrypted on this computer; a director gets only those of its own cloud. The page shows every machine with what it belongs to, the prices of sizes, and the limits that a cloud tells.',
      ),
      command('conpaas cloud list'),
    ],
  },
  security: {
    title: 'Security',
    blocks: [
      text(
        'Every process, device and user has a certificate, which renews itself. What must be shut out is revoked, and shut out at once. The vault keeps the roots and the credentials of this desktop: choose here what protects it, and export a copy for the case that this computer is lost.',
      ),
      command('conpaas security list'),
    ],
  },
  directors: {
    title: 'Several directors',
    blocks: [
      text(
        'The switcher at the top of the sidebar shows every director of this desktop and how each is. Choosing another one keeps the page; only its data changes. “Add…” makes a further one.',
      ),
      text(
        'When a director does not answer, a line says since when, and when it is tried again. What you see is marked as old; your applications go on running without it.',
      ),
      command('conpaas status'),
    ],
  },
  links: {
    title: 'Links to this window',
    blocks: [
      text('A link leads to an application or a service in this window. It never does anything by itself.'),
      command('conpaas://open/DIRECTOR/app/NAME/service/NAME'),
    ],
  },
  settings: {
    title: 'Settings',
    blocks: [
      text(
        'Theme and density of this window, and whether the desktop says when a long operation ends while the window is away. Size, place and zoom of the window, and the page that was shown last, are kept by themselves. How much of the disk read log lines may take is set here too.',
      ),
    ],
  },
  command: {
    title: 'Without the window',
    blocks: [
      text(
        'The command does what the window does, and both show the same operations. In the palette (Ctrl K), Alt C copies the command of an action.',
      ),
      command('conpaas --help'),
    ],
  },
} satisfies Readonly<Record<string, Content>>;
