/** Calls of OpenStack's services by whoever furnishes them. Node built-ins only. */
import { request as open } from 'node:http';
import { identity, password } from './configuration.mjs';

/**
 * One call.
 * @returns {Promise<{ body: any, headers: import('node:http').IncomingHttpHeaders }>}
 */
function send(method, url, { token, body, type = 'application/json' } = {}) {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': type,
      'openstack-api-version': 'compute 2.52, volume 3.0, placement 1.10',
      ...(token === undefined ? {} : { 'x-auth-token': token }),
    };
    const asked = open(url, { method, headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('error', reject);
      answer.on('data', (part) => {
        text += part;
      });
      answer.on('end', () => {
        if ((answer.statusCode ?? 0) >= 300) reject(new Error(`${method} ${url}: ${answer.statusCode} ${text}`));
        else resolve({ body: text === '' ? undefined : JSON.parse(text), headers: answer.headers });
      });
    });
    asked.on('error', reject);
    asked.end(type === 'application/json' && body !== undefined ? JSON.stringify(body) : body);
  });
}

/** @returns a caller with a token of that user in that project */
export async function signIn(user, project) {
  const domain = { id: 'default' };
  const auth = {
    identity: { methods: ['password'], password: { user: { name: user, domain, password } } },
    scope: { project: { name: project, domain } },
  };
  const { headers, body } = await send('POST', `${identity}/auth/tokens`, { body: { auth } });
  const token = headers['x-subject-token'];
  return {
    user: body.token.user.id,
    project: body.token.project.id,
    get: async (url) => (await send('GET', url, { token })).body,
    post: async (url, given) => (await send('POST', url, { token, body: given })).body,
    put: async (url, given, type) => (await send('PUT', url, { token, body: given, type })).body,
  };
}
