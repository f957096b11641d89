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

/** The lines of a shell script that write a unit that is always started again, make systemd read it, and start it at boots. */
export function unitScript({ name, description, after, wants = false, start, service = [] }: Unit): string {
  return [
    `cat > /etc/systemd/system/${name}.service <<END`,
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
    // systemd reads everything anew once, not for every step: that costs a slow machine seconds.
    `systemctl --no-reload enable ${name}.service`,
    'systemctl daemon-reload',
  ].join('\n');
}
