/** The SDK's client, one place for signals, retries and errors. */
import {
  type $Command,
  EC2Client,
  type EC2ClientResolvedConfig,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-ec2';
import { plainError } from './errors.ts';
import type { Ec2Options } from './settings.ts';

/** Throttled calls are tried again by the SDK, with growing pauses and a rate that adapts. */
const attempts = 6;

type CommandOf<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> = new (
  input: Input,
) => $Command<Input, Output, EC2ClientResolvedConfig, ServiceInputTypes, ServiceOutputTypes>;

export interface Ec2Api extends Disposable {
  /**
   * One call of the API.
   * @param passes errors that the caller looks at itself: thrown as they are
   * @throws ConpaasError as `plainError` tells
   */
  call<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    command: CommandOf<Input, Output>,
    input: Input,
    signal: AbortSignal,
    passes?: (error: unknown) => boolean,
  ): Promise<Output>;
}

export function openApi({ settings, credentials }: Ec2Options): Ec2Api {
  const client = new EC2Client({
    region: settings.region,
    credentials: {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey,
      ...(credentials.sessionToken === undefined ? {} : { sessionToken: credentials.sessionToken }),
    },
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
    maxAttempts: attempts,
    retryMode: 'adaptive',
    // Nothing of the user's environment: profiles, files and metadata services stay out of it.
    defaultUserAgentProvider: async () => [['conpaas-desktop', '1']],
  });
  return {
    async call(command, input, signal, passes = () => false) {
      signal.throwIfAborted();
      try {
        return await client.send(new command(input), { abortSignal: signal });
      } catch (error) {
        signal.throwIfAborted();
        throw passes(error) ? error : plainError(error, actionOf(command.name));
      }
    },
    [Symbol.dispose]: () => client.destroy(),
  };
}

/** The IAM action of a command: `RunInstancesCommand` needs `ec2:RunInstances`. */
function actionOf(command: string): string {
  return `ec2:${command.replace(/Command$/, '')}`;
}
