/** EC2 as desktop and director drive it, against moto: what machines are made with. Nothing boots there. */
import { DescribeInstanceAttributeCommand, EC2Client } from '@aws-sdk/client-ec2';
import { describeContactedCloud } from '../contacted-conformance.ts';
import { startMoto } from './moto.ts';

const credentials = { accessKeyId: 'AKIATESTTESTTEST', secretAccessKey: 'secret-of-this-test' };

describeContactedCloud('EC2', async () => {
  const moto = await startMoto();
  const client = new EC2Client({ region: 'eu-west-1', endpoint: moto.endpoint, credentials: { ...credentials } });
  return {
    kind: 'ec2',
    settings: { ...credentials, region: 'eu-west-1', endpoint: moto.endpoint },
    entered: { ...credentials, region: 'eu-west-1' },
    secret: credentials.secretAccessKey,
    secretFields: ['secretAccessKey'],
    outside: true,
    stays: ['security-group'],
    async userDataOf(id) {
      const { UserData } = await client.send(
        new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'userData' }),
      );
      return Buffer.from(UserData?.Value ?? '', 'base64').toString();
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      await moto[Symbol.asyncDispose]();
    },
  };
});
