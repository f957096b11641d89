/**
 * What a window and the hub say to each other over their MessagePort. The window imports the types only; the hub checks
 * every message against the schemas. Calls: `{id, call, params}` → `{id, result | failure}`. What the window watches
 * comes as deltas: per object the last one wins, at most ten batches a second, and a gap in `seq` means: ask for the
 * full list again. Log lines are never pushed: only how many there are.
 *
 * Each subject has its calls, results and pushes in `calls/`, and its handlers in a folder of its name.
 */
import { z } from 'zod';
import type { Failure } from '../../remote/core/contract/errors.ts';
import { type ActivityResults, activityCalls } from './calls/activity.ts';
import { type BackupResults, backupCalls } from './calls/backups.ts';
import { type CloudResults, cloudCalls } from './calls/clouds.ts';
import { type CodePush, type CodeResults, codeCalls } from './calls/code.ts';
import { type DocumentResults, documentCalls } from './calls/documents.ts';
import { type EndingResults, endingCalls } from './calls/ending.ts';
import { type LogPush, type LogResults, logCalls } from './calls/logs.ts';
import { type ManifestResults, manifestCalls } from './calls/manifests.ts';
import { type MoveResults, moveCalls } from './calls/moves.ts';
import { type RelayResults, relayCalls } from './calls/relay.ts';
import { type SecurityResults, securityCalls } from './calls/security.ts';
import { type ServicePush, type ServiceResults, serviceCalls } from './calls/service.ts';
import { type SessionPush, type SessionResults, sessionCalls } from './calls/session.ts';
import { type TerminalPush, type TerminalResults, terminalCalls } from './calls/terminals.ts';
import { type UpgradeResults, upgradeCalls } from './calls/upgrade.ts';

import { type VaultResults, vaultCalls } from './calls/vault.ts';

export type { BackupFacts, BackupsFacts, ElsewhereFacts } from './calls/backups.ts';
export type { CloudKindInfo, OfferInfo, ProposalInfo } from './calls/clouds.ts';
export type { Transfer } from './calls/code.ts';
export type { Offer } from './calls/common.ts';
export {
  type DocumentFacts,
  type DocumentOrigin,
  DocumentSource,
  type OpenedDocument,
  type RecentFile,
} from './calls/documents.ts';
export type { EndingFacts } from './calls/ending.ts';
export type { LineLevel, LogAnchor, LogBar, LogNews, LogRow, LogRows, LogSourceInfo } from './calls/logs.ts';
export { ManifestSource, type ReadyMade } from './calls/manifests.ts';
export type { MoveFacts, MovePlan, Place } from './calls/moves.ts';
export type { MethodDescription } from './calls/relay.ts';
export type { OwnIdentity, WebAuthorityFacts } from './calls/security.ts';
export type { OfferContents, OfferDifference, ServiceMethod, TypeDescription } from './calls/service.ts';
export type {
  DeploymentFacts,
  DirectorEntry,
  DirectorList,
  FirstSight,
  Remembered,
  SessionState,
  WatchedTopic,
} from './calls/session.ts';
export type { UpgradeFacts } from './calls/upgrade.ts';
export type { VaultStatus } from './calls/vault.ts';

/** Every call of a window. */
export const hubCalls = {
  ...sessionCalls,
  ...relayCalls,
  ...manifestCalls,
  ...documentCalls,
  ...codeCalls,
  ...logCalls,
  ...vaultCalls,
  ...securityCalls,
  ...cloudCalls,
  ...serviceCalls,
  ...terminalCalls,
  ...activityCalls,
  ...backupCalls,
  ...moveCalls,
  ...upgradeCalls,
  ...endingCalls,
} as const;

type HubCallTable = typeof hubCalls;
export type HubCallName = keyof HubCallTable;
export type HubParams<Name extends HubCallName> = z.infer<HubCallTable[Name]>;

/** What each call answers. */
export interface HubResults
  extends SessionResults,
    RelayResults,
    ManifestResults,
    DocumentResults,
    CodeResults,
    LogResults,
    ServiceResults,
    TerminalResults,
    VaultResults,
    SecurityResults,
    CloudResults,
    BackupResults,
    UpgradeResults,
    EndingResults,
    MoveResults,
    ActivityResults {}

export const HubRequest = z.union([
  z.strictObject({
    id: z.number().int().positive(),
    call: z.enum(Object.keys(hubCalls) as [HubCallName, ...HubCallName[]]),
    params: z.unknown(),
  }),
  z.strictObject({ cancel: z.number().int().positive() }),
]);
export type HubRequest = z.infer<typeof HubRequest>;

/** What is pushed; `seq` of a topic grows by one a batch. */
export type HubPush = SessionPush | CodePush | LogPush | ServicePush | TerminalPush;

export type HubAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: Failure };
export type FromHubPort = HubAnswer | HubPush;
