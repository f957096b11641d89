/** Texts of nginx's configuration for backend and web nodes. Source: https://nginx.org/en/docs/ */
import { availableParallelism } from 'node:os';
import { ConpaasError } from '../../../core/contract/errors.ts';
import type { PhpSettings } from '../configuration.ts';
import { pageLimit, statusPath, wholeAnswerBytes } from './fpm-configuration.ts';
import { privateFile } from './static-paths.ts';

/** Where HAProxy asks whether a backend or web node is well; never passed on from outside. */
export const healthPath = '/.conpaas/health';

/**
 * Status of nginx's answer where a request was not even begun, because nobody listens at PHP-FPM's socket. HAProxy may
 * give such a request to another backend whatever its method (RFC 8470: "too early", not processed).
 */
export const notBegun = 425;
export const notBegunHeader = 'X-ConPaaS-Not-Begun';

interface Common {
  readonly address: string;
  readonly port: number;
  readonly temporary: string;
  readonly accessLog: string;
  readonly pidFile: string;
}

/** A pool of PHP-FPM and the code it serves. */
export interface PoolTarget {
  readonly tree: string;
  readonly socket: string;
  readonly statusSocket: string;
}

export interface BackendNginx extends Common {
  readonly node: string;
  readonly php: PhpSettings;
  readonly debug: boolean;
  readonly live: PoolTarget;
  /** Name of the private server that asks a candidate pool; a secret. */
  readonly candidateHost: string;
}

/** Headers by which the private server is told which pool to ask. */
export const candidateHeaders = { tree: 'X-ConPaaS-Tree', socket: 'X-ConPaaS-Socket', host: 'X-ConPaaS-Host' };

/** nginx in front of PHP-FPM: all of the code tree, pretty URLs through index.php. */
export function backendNginx(settings: BackendNginx): string {
  const { live } = settings;
  const limit = pageLimit(settings.php);
  return page(settings, [
    `  client_max_body_size ${nginxBytes(settings.php.post_max_size)};`,
    `  fastcgi_read_timeout ${limit === undefined ? 86_400 : limit + 5}s;`,
    `  fastcgi_buffer_size 32k;`,
    `  fastcgi_buffers ${wholeAnswerBytes / 32_768 + 2} 32k;`,
    `  fastcgi_busy_buffers_size ${wholeAnswerBytes / 1024 + 32}k;`,
    // What is collected here dies with nginx, unseen: the proxy still holds an unanswered request.
    `  postpone_output ${wholeAnswerBytes};`,
    // An answer then ends with FastCGI's END_REQUEST, not with the end of the connection: where PHP-FPM is killed between
    // the two, nginx would throw the whole answer away and call an empty one complete; and one that is cut off is no
    // longer taken for a whole one. (nginx closes the connection after each answer all the same.)
    '  fastcgi_keep_conn on;',
    '  fastcgi_next_upstream off;',
    '  server {',
    `    listen ${settings.address}:${settings.port} default_server backlog=4096;`,
    '    server_name _;',
    `    root ${quote(live.tree)};`,
    `    location = ${healthPath} {`,
    '      access_log off;',
    `      fastcgi_param SCRIPT_NAME ${statusPath};`,
    `      fastcgi_param SCRIPT_FILENAME ${statusPath};`,
    '      fastcgi_param REQUEST_METHOD GET;',
    `      fastcgi_pass ${quote(`unix:${live.statusSocket}`)};`,
    '    }',
    ...(settings.debug ? [`    add_header X-ConPaaS-Node ${quote(settings.node)} always;`] : []),
    ...pages(quote(`unix:${live.socket}`), '$http_host'),
    '  }',
    '  server {',
    `    listen ${settings.address}:${settings.port};`,
    `    server_name ${settings.candidateHost};`,
    '    access_log off;',
    '    root $http_x_conpaas_tree;',
    ...pages('unix:$http_x_conpaas_socket', '$http_x_conpaas_host'),
    '  }',
  ]);
}

/** Rules by which a code tree is served. `server` is the argument of fastcgi_pass. */
function pages(server: string, host: string): string[] {
  const params = (script: string, info: string) => [
    '      fastcgi_param QUERY_STRING $query_string;',
    '      fastcgi_param REQUEST_METHOD $request_method;',
    '      fastcgi_param CONTENT_TYPE $content_type;',
    '      fastcgi_param CONTENT_LENGTH $content_length;',
    `      fastcgi_param SCRIPT_NAME ${script};`,
    `      fastcgi_param SCRIPT_FILENAME $document_root${script};`,
    `      fastcgi_param PATH_INFO ${info};`,
    '      fastcgi_param REQUEST_URI $request_uri;',
    '      fastcgi_param DOCUMENT_URI $document_uri;',
    '      fastcgi_param DOCUMENT_ROOT $document_root;',
    '      fastcgi_param SERVER_PROTOCOL $server_protocol;',
    '      fastcgi_param REQUEST_SCHEME $forwarded_scheme;',
    '      fastcgi_param HTTPS $forwarded_https if_not_empty;',
    '      fastcgi_param GATEWAY_INTERFACE CGI/1.1;',
    '      fastcgi_param SERVER_SOFTWARE nginx;',
    '      fastcgi_param REMOTE_ADDR $remote_addr;',
    '      fastcgi_param REMOTE_PORT $remote_port;',
    '      fastcgi_param SERVER_ADDR $server_addr;',
    '      fastcgi_param SERVER_PORT $server_port;',
    '      fastcgi_param SERVER_NAME $host;',
    '      fastcgi_param REDIRECT_STATUS 200;',
    // With its port, which $host lacks: WordPress on any port but 80 redirects to itself for ever otherwise.
    `      fastcgi_param HTTP_HOST ${host};`,
    // A request's own "Proxy:" header must not look like the variable (httpoxy).
    '      fastcgi_param HTTP_PROXY "";',
    '      fastcgi_param HTTP_X_CONPAAS_TREE "";',
    '      fastcgi_param HTTP_X_CONPAAS_SOCKET "";',
    '      fastcgi_param HTTP_X_CONPAAS_HOST "";',
    `      fastcgi_pass ${server};`,
  ];
  return [
    '    index index.php index.html index.htm;',
    '    error_page 502 = @not_answered;',
    '    location ~ (^|/)\\.(?!well-known/) { return 404; }',
    '    location ~ "^(?<script>.+?\\.php)(?<info>/.*)?$" {',
    '      try_files $script @front;',
    ...params('$script', '$info'),
    '    }',
    `    location ~* ${quote(privateFile.source)} { return 404; }`,
    '    location / { try_files $uri $uri/ @front; }',
    '    location @front {',
    '      try_files /index.php =404;',
    ...params('/index.php', '""'),
    '    }',
    '    location @not_answered {',
    `      if ($upstream_bytes_sent = 0) { add_header ${notBegunHeader} 1 always; return ${notBegun}; }`,
    '      return 502;',
    '    }',
  ];
}

export interface WebNginx extends Common {
  /** Trees that are searched in this order. */
  readonly trees: readonly string[];
}

/** nginx for static files: only files, only by exact path, never anything private or executable. */
export function webNginx(settings: WebNginx): string {
  return page(settings, [
    '  server {',
    `    listen ${settings.address}:${settings.port} default_server backlog=4096;`,
    '    server_name _;',
    `    location = ${healthPath} { access_log off; return 200; }`,
    '    location ~ (^|/)\\.(?!well-known/) { return 404; }',
    `    location ~* ${quote(privateFile.source)} { return 404; }`,
    ...settings.trees.flatMap((tree, index) => [
      `    location ${index === 0 ? '/' : `@tree${index}`} {`,
      `      root ${quote(tree)};`,
      `      try_files $uri ${index + 1 < settings.trees.length ? `@tree${index + 1}` : '=404'};`,
      '    }',
    ]),
    ...(settings.trees.length === 0 ? ['    location / { return 404; }'] : []),
    '  }',
  ]);
}

/** What both have in common. */
function page(settings: Common, servers: readonly string[]): string {
  const temporary = (name: string) => `  ${name}_temp_path ${quote(`${settings.temporary}/${name}`)};`;
  return `${[
    `worker_processes ${Math.min(4, availableParallelism())};`,
    'worker_rlimit_nofile 8192;',
    'error_log stderr warn;',
    `pid ${quote(settings.pidFile)};`,
    'events { worker_connections 4096; }',
    'http {',
    '  include /etc/nginx/mime.types;',
    '  default_type application/octet-stream;',
    '  server_tokens off;',
    '  sendfile on;',
    '  tcp_nopush on;',
    '  keepalive_timeout 65s;',
    '  keepalive_requests 100000;',
    '  server_names_hash_bucket_size 128;',
    // Our own port is nobody's business: the address of users is the proxy's.
    '  absolute_redirect off;',
    // Only proxies of this service reach us; the last address they name is the one they saw themselves.
    '  set_real_ip_from 0.0.0.0/0;',
    '  set_real_ip_from ::/0;',
    '  real_ip_header X-Forwarded-For;',
    '  map $http_x_forwarded_proto $forwarded_scheme { default http; https https; }',
    '  map $http_x_forwarded_proto $forwarded_https { default ""; https on; }',
    `  log_format requests '$remote_addr - $remote_user [$time_iso8601] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time';`,
    `  access_log ${quote(settings.accessLog)} requests;`,
    temporary('client_body'),
    temporary('proxy'),
    temporary('fastcgi'),
    temporary('uwsgi'),
    temporary('scgi'),
    ...servers,
    '}',
  ].join('\n')}\n`;
}

/** A value in nginx's configuration; what cannot be written there is refused. */
function quote(value: string): string {
  if (/["\n\r]/.test(value)) {
    throw new ConpaasError('invalid_request', `${value} cannot be used in nginx's configuration.`);
  }
  return `"${value}"`;
}

/** PHP's sizes for nginx: the same letters; "no limit" is -1 there and 0 here. */
function nginxBytes(value: string): string {
  return value.startsWith('-') ? '0' : value;
}
