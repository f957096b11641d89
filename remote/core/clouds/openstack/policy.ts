/**
 * The least that ConPaaS needs of a project: the access rules of an application credential.
 * https://docs.openstack.org/keystone/latest/user/application_credentials.html#access-rules
 */
import { type Service, services } from './session.ts';

/**
 * All calls of the driver, behind the addresses of the services. The fake of the tests lets application credentials do
 * nothing else, so a call that lacks here fails them; `policy.test.ts` finds one that is here and not called.
 */
const calls: Readonly<Record<Service, readonly string[]>> = {
  compute: [
    'GET /flavors/detail',
    'GET /limits',
    'GET /os-availability-zone',
    'GET /servers/detail',
    'POST /servers',
    'GET /servers/{server}',
    'DELETE /servers/{server}',
    'POST /servers/{server}/action',
    'GET /servers/{server}/os-volume_attachments',
    'POST /servers/{server}/os-volume_attachments',
    'DELETE /servers/{server}/os-volume_attachments/{volume}',
  ],
  network: [
    'GET /networks',
    'GET /routers/{router}',
    'GET /quotas/{project}/details.json',
    'GET /ports',
    'POST /ports',
    'DELETE /ports/{port}',
    'GET /floatingips',
    'POST /floatingips',
    'PUT /floatingips/{address}',
    'DELETE /floatingips/{address}',
    'GET /security-groups',
    'POST /security-groups',
    'DELETE /security-groups/{group}',
    'POST /security-group-rules',
  ],
  image: ['GET /images', 'DELETE /images/{image}'],
  volume: [
    'GET /limits',
    'GET /os-availability-zone',
    'GET /volumes/detail',
    'POST /volumes',
    'DELETE /volumes/{volume}',
  ],
};

export interface AccessRule {
  /** Type of the service, as the catalogue has it. */
  readonly service: string;
  readonly method: string;
  readonly path: string;
}

/**
 * As `openstack application credential create --access-rules` takes them. They know no tags: what limits a credential to its
 * project is its role. Who signs in needs no rule for that.
 */
export function policy(): readonly AccessRule[] {
  return Object.entries(services).flatMap(([name, { types, version }]) =>
    types.flatMap((service) =>
      calls[name as Service].flatMap((call) => {
        const [method = '', path = ''] = call.split(' ');
        return placesOf(name as Service, version).map((place) => ({ service, method, path: `${place}${path}` }));
      }),
    ),
  );
}

/**
 * What stands before a path, which is matched whole: at some clouds something before the version (`/compute/v2.1`), and of
 * Cinder the project or not.
 */
const placesOf = (service: Service, version: string): readonly string[] =>
  service === 'volume' ? [`/**${version}/{project}`, `/**${version}`] : [`/**${version}`];
