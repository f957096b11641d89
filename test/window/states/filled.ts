/** A deployment with something of everything: well, degraded, starting, stopped; operations in each state. */
import { applicationOf, node, operationOf, phpService, type ScriptedDirector } from '../scripted/index.ts';

const guestbook = 'app-guestbook';
const cause = 'web-backend-2 exits at start: Class "Foo" not found';

export async function fill(director: ScriptedDirector): Promise<void> {
  fillApplications(director);
  fillOperations(director);
  fillActivity(director);
  fillLogs(director);
}

function fillApplications(director: ScriptedDirector): void {
  const broken = node('web', 'backend', 2, {
    state: 'failed',
    cause: 'exits at start: Class "Foo" not found',
    restarts: 6,
  });
  const web = phpService({ state: 'degraded', cause: 'backend-2 exits at start' });
  const load = (...values: number[]) => ({ load: values });
  director.put(
    applicationOf({
      name: 'guestbook',
      summary: {
        state: 'degraded',
        cause,
        nodes: { running: 4, wanted: 5 },
        services: [
          { name: 'web', type: 'php', state: 'degraded' },
          { name: 'db', type: 'mysql', state: 'running' },
        ],
        costPerHour: 0.041,
        cloud: 'local',
        ...load(12, 15, 22, 30, 41, 62, 75, 80, 71, 66, 70, 78, 74, 69, 72),
      },
      services: [
        { ...web, nodes: [...web.nodes.slice(0, 3), broken] },
        ...applicationOf({ name: 'x' }).services.slice(1),
      ],
    }),
  );
  director.put(
    applicationOf({
      name: 'sudoku',
      summary: {
        address: 'http://127.41.0.9',
        costPerHour: 0,
        cloud: 'local',
        ...load(3, 2, 4, 3, 6, 3, 2, 3, 3, 5, 4),
      },
    }),
  );
  director.put(
    applicationOf({ name: 'shop', summary: { state: 'starting', nodes: { running: 3, wanted: 5 }, cloud: 'local' } }),
  );
  director.put(
    applicationOf({
      name: 'archive',
      summary: { state: 'stopped', nodes: { running: 0, wanted: 2 }, costPerHour: 0, cloud: 'local' },
    }),
  );
}

function fillOperations(director: ScriptedDirector): void {
  director.putOperation(operationOf({ title: 'Apply shop', target: { application: 'app-shop' } }));
  director.putOperation(
    operationOf({
      title: 'Apply guestbook',
      state: 'done',
      target: { application: guestbook },
      startedAt: Date.now() - 7_200_000,
      endedAt: Date.now() - 7_196_000,
    }),
  );
  director.putOperation(
    operationOf({
      title: 'Make v3 live',
      kind: 'activate_code_version',
      state: 'failed',
      target: { application: guestbook, service: 'web' },
      failure: {
        code: 'health_check_failed',
        message:
          'The new version does not answer its health check, so v2 is live again. Mend the error and deploy again.',
        log: ['PHP Parse error: syntax error, unexpected token "}" in /code/health.php on line 3'],
      },
    }),
  );
}

function fillActivity({ history }: ScriptedDirector): void {
  const about = { application: guestbook, applicationName: 'guestbook' };
  const ago = (minutes: number) => Date.now() - minutes * 60_000;
  history.events.push(
    { seq: 1, time: ago(190), kind: 'machine', level: 'info', text: 'Machine vm-1 was made for guestbook.' },
    { seq: 2, time: ago(180), kind: 'application', level: 'info', ...about, text: 'guestbook runs.' },
    { seq: 3, time: ago(60), kind: 'certificate', level: 'info', text: 'The certificate of the director was renewed.' },
    { seq: 4, time: ago(3), kind: 'application', level: 'warning', ...about, text: `guestbook is degraded: ${cause}` },
    {
      seq: 5,
      time: ago(2),
      kind: 'alert',
      level: 'alert',
      ...about,
      text: 'More than 5 % of the requests to web fail.',
    },
  );
  const entry = { from: '127.0.0.1', client: 'window 0.1.0', hash: 'ab'.repeat(32), application: guestbook };
  const done = { ...entry, who: 'ann', target: { application: 'guestbook' }, outcome: 'done' };
  history.audit.push(
    { ...done, seq: 1, time: ago(180), method: 'apply_manifest' },
    {
      ...done,
      seq: 2,
      time: ago(90),
      method: 'set_secret',
      target: { application: 'guestbook', name: 'SMTP_PASSWORD' },
    },
    { ...done, seq: 3, time: ago(30), who: 'bob', method: 'delete_application', outcome: 'forbidden' },
    { ...done, seq: 4, time: ago(5), method: 'close_terminal', target: { node: 'web-backend-2' }, durationMs: 95_000 },
  );
}

function fillLogs({ logs }: ScriptedDirector): void {
  const from = Date.now() - 120_000;
  for (let at = 0; at < 40; at += 1) {
    logs.write([`127.0.0.1 - "GET /index.php HTTP/1.1" 200 ${1200 + at}`], {
      node: 'web-proxy-1',
      log: 'access',
      time: from + at * 2500,
    });
    if (at % 10 === 5)
      logs.write(['PHP Fatal error:  Class "Foo" not found in /code/index.php:12'], {
        node: 'web-backend-2',
        time: from + at * 2500 + 300,
      });
    if (at % 10 === 8) logs.write(['PHP Warning:  Undefined variable $page'], { time: from + at * 2500 + 700 });
  }
}
