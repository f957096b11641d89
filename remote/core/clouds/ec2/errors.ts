/**
 * EC2's errors in plain words. Codes:
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
import { ConpaasError } from '../../contract/errors.ts';

/** What the SDK throws: an Error with the service's code as its name. */
interface ServiceError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

const lacksPermission = new Set(['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException']);
const wrongCredentials = new Set([
  'AuthFailure',
  'InvalidClientTokenId',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
  'MissingAuthenticationToken',
]);
/** Of Node: nobody answers at the endpoint. */
const network = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'EPIPE']);
const capacity = new Set(['InsufficientInstanceCapacity', 'InsufficientHostCapacity']);

const inUse = new Set(['DependencyViolation', 'VolumeInUse', 'InvalidGroup.InUse', 'InvalidSnapshot.InUse']);

/** What happened and what to do, by the error codes that mean it; all of them may be tried again. */
const explained: readonly { readonly codes: ReadonlySet<string>; readonly text: string }[] = [
  {
    codes: new Set(['RequestExpired', 'RequestTimeTooSkewed']),
    text: "This computer's clock is wrong by more than five minutes. Set it, then try again.",
  },
  {
    codes: new Set([
      'InstanceLimitExceeded',
      'VcpuLimitExceeded',
      'MaxSpotInstanceCountExceeded',
      'VolumeLimitExceeded',
      'AddressLimitExceeded',
      'SecurityGroupLimitExceeded',
    ]),
    text: 'Your quota in this region is used up. Remove something, or ask the cloud for more (Service Quotas).',
  },
  { codes: capacity, text: 'The cloud has no room for this size here now. Another size or zone may do.' },
  {
    codes: new Set(['RequestLimitExceeded', 'Throttling', 'ThrottlingException', 'EC2ThrottledException']),
    text: 'The cloud asks for fewer requests. Try again in a minute.',
  },
  {
    codes: new Set(['OptInRequired', 'PendingVerification']),
    text: 'The account has to be activated first: sign in to the console of the cloud.',
  },
];

/** Whether the cloud says that what was named is not there. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && /\.(NotFound|Malformed|Unavailable)$/.test(error.name);
}

/** Whether the cloud says that something else still uses what is to be removed. */
export function isInUse(error: unknown): boolean {
  return error instanceof Error && inUse.has(error.name);
}

/** Whether the cloud has no room for that size in that zone now; another zone may have. */
export function lacksCapacity(error: unknown): boolean {
  return error instanceof Error && capacity.has(error.name);
}

/**
 * The error as ours. It never holds credentials: EC2's messages do not, and requests are not quoted.
 * @param action the IAM action that the call needs, e.g. `ec2:RunInstances`
 */
export function plainError(error: unknown, action: string): unknown {
  if (!(error instanceof Error) || error instanceof ConpaasError || error.name === 'AbortError') return error;
  const { name, message, code = '', $metadata } = error as ServiceError;
  const said = `The cloud says: ${message} (${name}${$metadata?.requestId ? `, request ${$metadata.requestId}` : ''})`;
  if (lacksPermission.has(name)) {
    const advice = 'Add it to their policy; conpaas cloud policy ec2 prints one.';
    return new ConpaasError('forbidden', `These credentials lack the permission ${action}. ${advice} ${said}`);
  }
  if (wrongCredentials.has(name)) {
    return new ConpaasError(
      'unauthenticated',
      `The cloud does not accept these credentials. Check key and region. ${said}`,
    );
  }
  if (network.has(code) || name === 'TimeoutError') {
    // The name of Amazon's hosts is made of the region.
    const check = code === 'ENOTFOUND' ? 'region, address of the API and network' : 'the network';
    const text = `The API of the cloud cannot be reached (${code || name}). Check ${check}, then try again.`;
    return new ConpaasError('unreachable', text, { retry: true });
  }
  const known = explained.find(({ codes }) => codes.has(name));
  if (known) return new ConpaasError('cloud_failed', `${known.text} ${said}`, { retry: true });
  const retry = ($metadata?.httpStatusCode ?? 0) >= 500;
  return new ConpaasError('cloud_failed', `The cloud has refused this. ${said}`, { retry });
}
