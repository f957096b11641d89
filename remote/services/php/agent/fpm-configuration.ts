/** Text of PHP-FPM's configuration for one pool. Source: https://www.php.net/manual/en/install.fpm.configuration.php */
import { patienceHere } from '../../../core/supervisor/index.ts';
import type { PhpSettings, SessionTarget } from '../configuration.ts';

export interface PoolSettings {
  readonly php: PhpSettings;
  readonly debug: boolean;
  readonly session: SessionTarget;
  /** Sockets for pages, and for the health check: it must be answered even when all children are at work. */
  readonly socket: string;
  readonly statusSocket: string;
  /** Home, and directory for temporary files. */
  readonly temporary: string;
}

/** An answer of up to this many bytes is collected before any of it is sent on. */
export const wholeAnswerBytes = 256 * 1024;

/** Path that the status socket answers at. */
export const statusPath = '/status';

/**
 * Seconds after which a page is ended whatever it does: PHP's own limit counts computing alone, not waiting. An emulated
 * machine waits for its turn most of the time: there WordPress's installer was ended before it was done.
 * @returns undefined for no limit
 */
export function pageLimit(php: PhpSettings, patience = patienceHere()): number | undefined {
  return php.max_execution_time === 0 ? undefined : (php.max_execution_time + 90) * patience;
}

/** PHP-FPM's configuration. The environment is not in it: it comes by the process's own (`clear_env = no`). */
export function fpmConfiguration(settings: PoolSettings): string {
  const { php, session } = settings;
  const children = php.max_children;
  const limit = pageLimit(php);
  const save = `tcp://${session.address}:${session.port}?auth=${encodeURIComponent(session.password)}&timeout=3&prefix=PHPSESSID:`;
  const on = (value: boolean) => (value ? 'On' : 'Off');
  return `${[
    '[global]',
    'daemonize = no',
    'error_log = /dev/stderr',
    'log_limit = 8192',
    // A graceful end waits this long for pages in progress; the default, 0, would cut them off.
    `process_control_timeout = ${limit ?? 600}s`,
    '',
    '[pages]',
    `listen = ${settings.socket}`,
    'listen.mode = 0600',
    'listen.backlog = 4096',
    'pm = dynamic',
    `pm.max_children = ${children}`,
    `pm.start_servers = ${Math.min(2, children)}`,
    'pm.min_spare_servers = 1',
    `pm.max_spare_servers = ${Math.min(4, children)}`,
    `pm.status_path = ${statusPath}`,
    `pm.status_listen = ${settings.statusSocket}`,
    `request_terminate_timeout = ${limit ?? 0}`,
    // A page leaves the process when it is complete: killed before, it has said nothing, and the request can be given
    // to another backend. (Up to 8 KiB it leaves in one piece; above, it is written in a few, within microseconds.)
    `php_admin_value[output_buffering] = ${wholeAnswerBytes}`,
    'clear_env = no',
    // PHP-FPM would put the home of the user it runs as there.
    `env[HOME] = "${settings.temporary}"`,
    'catch_workers_output = yes',
    'decorate_workers_output = no',
    'security.limit_extensions = .php',
    `php_admin_value[max_execution_time] = ${php.max_execution_time}`,
    `php_admin_value[memory_limit] = ${php.memory_limit}`,
    `php_admin_value[upload_max_filesize] = ${php.upload_max_filesize}`,
    `php_admin_value[post_max_size] = ${php.post_max_size}`,
    ...(php.disable_functions === '' ? [] : [`php_admin_value[disable_functions] = "${php.disable_functions}"`]),
    `php_admin_flag[log_errors] = ${on(settings.debug || php.log_errors === 'On')}`,
    `php_admin_flag[display_errors] = ${on(settings.debug || php.display_errors === 'On')}`,
    `php_admin_flag[html_errors] = ${on(settings.debug)}`,
    ...(settings.debug ? ['php_admin_value[error_reporting] = -1'] : []),
    'php_admin_flag[cgi.fix_pathinfo] = Off',
    'php_admin_flag[expose_php] = Off',
    `php_admin_value[sys_temp_dir] = "${settings.temporary}"`,
    `php_admin_value[upload_tmp_dir] = "${settings.temporary}"`,
    'php_admin_value[session.save_handler] = redis',
    `php_admin_value[session.save_path] = "${save}"`,
    // Sessions end by Redis's own expiry.
    'php_admin_value[session.gc_probability] = 0',
  ].join('\n')}\n`;
}
