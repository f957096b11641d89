/** OpenAPI 3.1 from the method tables. */
import { z } from 'zod';
import { Failure } from '../contract/errors.ts';
import { contractVersion, type Method, type MethodTable } from '../contract/method.ts';
import { duplexProtocol, headers, statusOf } from './wire.ts';

/** A service type as far as its methods go. */
export interface MethodsOfService {
  readonly type: string;
  readonly managerMethods?: MethodTable | undefined;
  readonly agentMethods?: MethodTable | undefined;
}
