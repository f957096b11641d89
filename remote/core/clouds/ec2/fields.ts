/** What a user enters to use EC2. */
import { z } from 'zod';
import { Ec2Credentials, Ec2Settings } from './settings.ts';

const { accessKeyId, secretAccessKey } = Ec2Credentials.shape;
const { region, endpoint } = Ec2Settings.shape;

export const ec2Fields = z.strictObject({
  accessKeyId: accessKeyId.meta({
    title: 'Access key id',
    description: 'Of a user made for ConPaaS; "conpaas cloud policy ec2" prints what it must be allowed.',
  }),
  secretAccessKey: secretAccessKey.meta({
    title: 'Secret access key',
    description: 'Amazon shows it once, when the key is made.',
    secret: true,
  }),
  region: region.meta({ title: 'Region', description: 'Where machines will be, as eu-central-1.' }),
  endpoint: endpoint.meta({
    title: 'Address of the API',
    description: 'Only for another cloud with the API of EC2.',
  }),
});
