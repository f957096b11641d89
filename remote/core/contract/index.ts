/** The contract: ids, errors, identities and the method tables of every process. */
export * from './agent.ts';
export * from './application.ts';
export * from './audit.ts';
export * from './cost.ts';
export * from './director.ts';
export * from './duplicate.ts';
export * from './errors.ts';
export * from './history.ts';
export * from './host.ts';
export * from './identity.ts';
export * from './ids.ts';
export * from './logs.ts';
export * from './manager.ts';
export * from './method.ts';
export * from './metrics.ts';
export * from './operation.ts';
export * from './plan.ts';
