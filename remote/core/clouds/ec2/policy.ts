/** The least that ConPaaS needs of an account, as an IAM policy. */

/** Calls that look, which EC2 cannot limit to certain resources. */
export const reading = [
  'ec2:DescribeAddresses',
  'ec2:DescribeImages',
  'ec2:DescribeInstanceTypes',
  'ec2:DescribeInstances',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSnapshots',
  'ec2:DescribeSubnets',
  'ec2:DescribeVolumes',
  'ec2:DescribeVpcs',
  'ec2:GetConsoleOutput',
];
/** Calls that make something, which must carry our tag from its first moment. */
const creating = ['ec2:RunInstances', 'ec2:CreateVolume', 'ec2:CreateSecurityGroup', 'ec2:AllocateAddress'];
/** Calls on what exists: only where it carries our tag. */
const changing = [
  'ec2:AssociateAddress',
  'ec2:AttachVolume',
  'ec2:AuthorizeSecurityGroupIngress',
  'ec2:CreateImage',
  'ec2:DeleteSecurityGroup',
  'ec2:DeleteVolume',
  'ec2:DetachVolume',
  'ec2:DisassociateAddress',
  'ec2:RebootInstances',
  'ec2:ReleaseAddress',
  'ec2:StartInstances',
  'ec2:StopInstances',
  'ec2:TerminateInstances',
];
/** Of images of ours and the snapshots in which they are. */
const removingImages = ['ec2:DeregisterImage', 'ec2:DeleteSnapshot'];
/** What a new machine is made with, and what is not ours to tag. */
const used = ['key-pair', 'network-interface', 'security-group', 'subnet', 'vpc'];

/** Tag that everything of ours carries; its value is the deployment. */
export const deploymentTag = 'conpaas:deployment';

/**
 * A policy document for a user or role of ConPaaS: it may look at everything of EC2, make what carries our tag, and touch
 * only what carries it. Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 * @param deployment only resources of this one; any of ours where absent
 */
export function policy(deployment?: string): object {
  const value = deployment ?? '*';
  const resource = (kind: string): string => `arn:aws:ec2:*:*:${kind}/*`;
  /** Neither has an account in its name. */
  const images = ['image', 'snapshot'].map((kind) => `arn:aws:ec2:*::${kind}/*`);
  const makesTagged = { StringLike: { [`aws:RequestTag/${deploymentTag}`]: value } };
  const isOurs = { StringLike: { [`aws:ResourceTag/${deploymentTag}`]: value } };
  const tagged = ['instance', 'volume', 'security-group', 'elastic-ip'].map(resource);
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'Look', Effect: 'Allow', Action: reading, Resource: '*' },
      {
        Sid: 'MakeWith',
        Effect: 'Allow',
        Action: creating,
        Resource: [...images, ...used.map(resource)],
      },
      {
        Sid: 'MakeTagged',
        Effect: 'Allow',
        Action: creating,
        Resource: tagged,
        Condition: makesTagged,
      },
      // An image is made of a machine of ours (below), and it and its snapshots are tagged.
      { Sid: 'MakeImage', Effect: 'Allow', Action: 'ec2:CreateImage', Resource: images, Condition: makesTagged },
      {
        Sid: 'TagWhatIsMade',
        Effect: 'Allow',
        Action: 'ec2:CreateTags',
        Resource: [...tagged, ...images, resource('network-interface')],
        Condition: {
          StringEquals: {
            'ec2:CreateAction': [...creating, 'ec2:CreateImage'].map((action) => action.replace('ec2:', '')),
          },
        },
      },
      {
        Sid: 'ChangeOurs',
        Effect: 'Allow',
        Action: changing,
        Resource: tagged,
        Condition: isOurs,
      },
      { Sid: 'RemoveImages', Effect: 'Allow', Action: removingImages, Resource: images, Condition: isOurs },
    ],
  };
}
