/** Parsers, with what real engines have written (HAProxy 2.6, Redis 7.0, nginx 1.22). */
import { expect, test } from 'vitest';
import { logFigures, statFigures } from './agent/haproxy-figures.ts';
import { nginxFigures } from './agent/nginx-figures.ts';
import { infoFields } from './agent/redis-client.ts';
import { redisFigures } from './agent/redis-figures.ts';

const head =
  '# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,act,bck,chkfail,chkdown,lastchg,downtime,qlimit,pid,iid,sid,throttle,lbtot,tracked,type,rate,rate_lim,rate_max,check_status,check_code,check_duration,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,hanafail,req_rate,req_rate_max,req_tot,cli_abrt,srv_abrt,comp_in,comp_out,comp_byp,comp_rsp,lastsess,last_chk,last_agt,qtime,ctime,rtime,ttime,';

test("HAProxy's counters: users at the front, servers once each, whatever groups they stand in", () => {
  const csv = [
    head,
    'users,FRONTEND,,,3,9,8000,40,12000,90000,0,0,0,,,,,OPEN,,,,,,,,,1,2,0,,,,0,1,0,5,,,,0,30,1,5,4,0,,1,9,40,,,0,0,0,0,,,,,,,,',
    'pages,web-backend-1,1,2,2,4,,20,6000,45000,,0,,1,2,0,0,UP,1,1,0,0,0,10,0,,1,3,1,,20,,2,1,,3,L7OK,200,1,0,15,0,2,3,0,,,,,0,0,,,,,1,,,0,1,30,40,',
    'pages,BACKEND,2,4,2,4,800,30,6000,45000,0,0,,1,2,3,1,UP,1,1,0,,0,10,0,,1,3,0,,30,,1,1,,3,,,,0,15,0,2,3,0,,,,30,0,0,0,0,0,0,1,,,0,1,30,40,',
    'writes,web-backend-1,0,2,1,4,,10,6000,45000,,0,,0,0,0,0,UP,1,1,0,0,0,10,0,,1,4,1,,20,,2,1,,3,L7OK,200,1,0,9,0,0,1,0,,,,,0,0,,,,,1,,,0,1,60,70,',
    'files,web-web-1,0,0,0,0,,0,0,0,,0,,0,0,0,0,DOWN,1,1,0,1,1,5,5,,1,5,1,,0,,2,0,,0,L4CON,,0,0,0,0,0,0,0,,,,,0,0,,,,,-1,,,0,0,0,0,',
    '',
  ].join('\n');
  const { figures, parts } = statFigures(csv);
  expect(figures).toEqual({
    requests: 40,
    errors_4xx: 5,
    errors_5xx: 4,
    received: 12000,
    sent: 90000,
    sessions: 3,
    proxy_queue: 2,
    proxy_retries: 4,
    servers_up: 1,
    servers_down: 1,
  });
  expect(parts?.['server/web-backend-1']).toEqual({
    server_requests: 30,
    server_response: 40,
    server_errors: 7,
    server_sessions: 3,
    server_queue: 1,
    server_up: 1,
  });
  expect(parts?.['server/web-web-1']).toMatchObject({ server_requests: 0, server_response: undefined, server_up: 0 });
});

test("HAProxy's log: whole times of answers, other lines aside", () => {
  const line = (timers: string) =>
    `127.0.0.1:40982 [25/Nov/2026:20:01:02.003] users pages/web-backend-1 ${timers} 200 133 - - ---- 2/1/0/0/0 0/0 "GET / HTTP/1.1"`;
  const lines = ['0/0/0/20/21', '0/0/1/90/+95', '0/-1/-1/-1/7'].map(line);
  expect(logFigures(['Server pages/web-backend-1 is UP, reason: Layer7 check passed', ...lines])).toEqual({
    response_p50: 21,
    response_p95: 95,
    response_p99: 95,
  });
  expect(logFigures([])).toEqual({ response_p50: undefined, response_p95: undefined, response_p99: undefined });
});

test("nginx's log: seconds at the end of each line", () => {
  const line = (seconds: string) =>
    `127.0.0.1 - - [2026-11-25T20:01:02+00:00] "GET / HTTP/1.1" 200 4 "-" "curl/7.88 (x 1.5)" ${seconds}`;
  const lines = [line('0.020'), line('0.500')];
  expect(nginxFigures({ lines, written: 2 }, 5)).toEqual({
    nginx_requests: 0.4,
    nginx_p50: 20,
    nginx_p95: 500,
    nginx_p99: 500,
  });
  expect(nginxFigures({ lines, written: undefined }, 5)['nginx_requests']).toBeUndefined();
});

test("Redis's INFO; a database without keys is not listed", () => {
  const info =
    '# Server\r\nredis_version:7.0.15\r\n# Clients\r\nconnected_clients:4\r\n# Memory\r\nused_memory:1048576\r\n# Stats\r\ntotal_commands_processed:77\r\ntotal_net_input_bytes:1000\r\ntotal_net_output_bytes:2000\r\n# Keyspace\r\n';
  const told = { redis_commands: 77, redis_memory: 1048576, redis_clients: 3, redis_received: 1000, redis_sent: 2000 };
  expect(redisFigures(infoFields(info))).toEqual({ ...told, redis_keys: 0 });
  expect(redisFigures(infoFields(`${info}db0:keys=12,expires=12,avg_ttl=1\r\n`))).toEqual({ ...told, redis_keys: 12 });
});
