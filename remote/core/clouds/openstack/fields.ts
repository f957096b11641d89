/** What a user enters to use OpenStack. */
import { z } from 'zod';
import { OpenStackCredentials, OpenStackSettings, signInProblem, signsIn } from './settings.ts';

const shape = OpenStackCredentials.shape;
const { region, network, image } = OpenStackSettings.shape;

export const openStackFields = z
  .strictObject({
    authUrl: shape.authUrl.meta({
      title: 'Identity service (Keystone)',
      description: 'As https://keystone.example:5000/v3; "auth_url" in clouds.yaml.',
    }),
    region: region.meta({ title: 'Region', description: 'The only one where empty.' }),
    applicationCredentialId: shape.applicationCredentialId.meta({
      title: 'Application credential: id',
      description:
        'Made for ConPaaS, with the role "member"; "conpaas cloud policy openstack" prints access rules for it. Or a user, below.',
    }),
    applicationCredentialSecret: shape.applicationCredentialSecret.meta({
      title: 'Application credential: secret',
      description: 'Shown once, when it is made.',
      secret: true,
    }),
    username: shape.username.meta({ title: 'User', description: 'Where there is no application credential.' }),
    password: shape.password.meta({ title: 'Password', description: 'Of that user.', secret: true }),
    project: shape.project.meta({ title: 'Project', description: 'Name or id.' }),
    userDomain: shape.userDomain.meta({ title: 'Domain of the user', description: '"Default" where empty.' }),
    projectDomain: shape.projectDomain.meta({
      title: 'Domain of the project',
      description: 'That of the user where empty.',
    }),
    network: network.meta({ title: 'Network', description: "Name or id; the project's only one where empty." }),
    image: image.meta({ title: 'Image', description: 'Name or id; the newest of Debian 12 where empty.' }),
    caCertificate: shape.caCertificate.meta({
      title: "Certificate of the cloud's authority",
      description: 'PEM; only where the cloud has an authority of its own.',
    }),
  })
  .refine(signsIn, signInProblem);
