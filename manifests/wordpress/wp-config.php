<?php
/**
 * WordPress reads everything that differs between installations from its environment, so that the same code runs on
 * any number of backends, under any address.
 *
 * Set by the platform, because the service needs one called "db": DB_HOST, DB_PORT, DB_USER, DB_PASSWORD, DB_DATABASE.
 * Optional, through Environment or Secrets of the manifest: WORDPRESS_SECRET, WORDPRESS_TABLE_PREFIX,
 * WORDPRESS_LANGUAGE, WORDPRESS_DEBUG (1), WORDPRESS_DISABLE_CRON (1).
 */

$conpaas_env = static function (string $name, string $default = ''): string {
    $value = getenv($name);
    return $value === false || $value === '' ? $default : $value;
};

define('DB_NAME', $conpaas_env('DB_DATABASE', 'wordpress'));
define('DB_USER', $conpaas_env('DB_USER'));
define('DB_PASSWORD', $conpaas_env('DB_PASSWORD'));
define('DB_HOST', $conpaas_env('DB_HOST', '127.0.0.1') . ':' . $conpaas_env('DB_PORT', '3306'));
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');

$table_prefix = $conpaas_env('WORDPRESS_TABLE_PREFIX', 'wp_');
if (preg_match('/^[A-Za-z0-9_]+$/', $table_prefix) !== 1) {
    $table_prefix = 'wp_';
}

// Keys and salts: all from one secret, the same on every backend. The database's generated password serves where no
// WORDPRESS_SECRET is set; changing either logs everybody out, and nothing else.
$conpaas_secret = $conpaas_env('WORDPRESS_SECRET', DB_PASSWORD);
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $conpaas_name) {
    define("{$conpaas_name}_KEY", hash_hmac('sha512', "$conpaas_name key", $conpaas_secret));
    define("{$conpaas_name}_SALT", hash_hmac('sha512', "$conpaas_name salt", $conpaas_secret));
}

// The address is the one the visitor used, port included; without this WordPress redirects to where it was installed.
$conpaas_host = $_SERVER['HTTP_HOST'] ?? '';
if (preg_match('/^(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?$/', $conpaas_host) === 1) {
    $conpaas_https = ($_SERVER['HTTPS'] ?? '') === 'on' || ($_SERVER['HTTP_X_FORWARDED_PROTO'] ?? '') === 'https';
    if ($conpaas_https) {
        $_SERVER['HTTPS'] = 'on';
    }
    define('WP_HOME', ($conpaas_https ? 'https://' : 'http://') . $conpaas_host);
    define('WP_SITEURL', WP_HOME);
}

// Code is a version of the service, the same on all backends: it changes by an upload, never in place.
define('DISALLOW_FILE_MODS', true);
define('DISALLOW_FILE_EDIT', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_AUTO_UPDATE_CORE', false);
define('FS_METHOD', 'direct');

define('DISABLE_WP_CRON', $conpaas_env('WORDPRESS_DISABLE_CRON') === '1');
if ($conpaas_env('WORDPRESS_LANGUAGE') !== '') {
    define('WPLANG', $conpaas_env('WORDPRESS_LANGUAGE'));
}

// Errors go to the log of the backend, which `conpaas logs` shows.
define('WP_DEBUG', $conpaas_env('WORDPRESS_DEBUG') === '1');
define('WP_DEBUG_DISPLAY', false);

unset($conpaas_env, $conpaas_secret, $conpaas_name, $conpaas_host, $conpaas_https);

if (!defined('ABSPATH')) {
    define('ABSPATH', __DIR__ . '/');
}
require_once ABSPATH . 'wp-settings.php';
