/** Units of systemd, as the first script of a machine lays them down: within 8 KB, and with variables of that script. */

export interface Unit {
  /** Without `.service`. */
  readonly name: string;
  readonly description: string;
  /** After what, and wanted by it too where `wants`. */
  readonly after: string;
  readonly wants?: boolean;
  /** May name variables of the script. */
  readonly start: string;
  /** Further lines of `[Service]`. */
  readonly service?: readonly string[];
}

/** The lines of a shell script that write a unit that is always started again, make systemd know it, and start it at boots. */
export function unitScript({ name, description, after, wants = false, start, service = [] }: Unit): string {
  const file = `/etc/systemd/system/${name}.service`;
  return [
    `again=; [ ! -e ${file} ] || again=1`,
    `cat > ${file} <<END`,
    '[Unit]',
    `Description=${description}`,
    ...(wants ? [`Wants=${after}`] : []),
    `After=${after}`,
    '[Service]',
    `ExecStart=${start}`,
    ...service,
    'Restart=always',
    'RestartSec=1',
    'KillMode=process',
    '[Install]',
    'WantedBy=multi-user.target',
    'END',
    // A unit that it has not read yet systemd finds when it is told to start it. To read all of them anew takes a slow
    // machine seconds.
    `systemctl --no-reload enable ${name}.service`,
    '[ -z "$again" ] || systemctl daemon-reload',
  ].join('\n');
}
