/** What a user enters to use OpenNebula. */
import { z } from 'zod';
import { OpenNebulaCredentials, OpenNebulaSettings } from './settings.ts';

const { endpoint, username, password, caCertificate } = OpenNebulaCredentials.shape;
const { template, network } = OpenNebulaSettings.shape;

export const openNebulaFields = z.strictObject({
  endpoint: endpoint.meta({ title: 'Address of the API', description: 'As http://frontend.example:2633/RPC2.' }),
  username: username.meta({
    title: 'User',
    description: 'Made for ConPaaS; "conpaas cloud policy opennebula" prints what it must be allowed.',
  }),
  password: password.meta({ title: 'Password', description: 'Or a login token that does not end.', secret: true }),
  template: template.meta({ title: 'Template', description: 'Name or id; one of Debian 12 where empty.' }),
  network: network.meta({ title: 'Network', description: 'Name or id; that of the template where empty.' }),
  caCertificate: caCertificate.meta({
    title: "Certificate of the cloud's authority",
    description: 'PEM; only where the cloud has an authority of its own.',
  }),
});
