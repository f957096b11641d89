/** Remote calls: HTTPS/JSON server, typed client, the director's relay, OpenAPI. */
export { type Client, type ClientOptions, connect } from './client.ts';
export type { CallOptions, Download, LocalFile, StreamOptions, UploadOptions } from './client-options.ts';
export type { Address } from './connection.ts';
export { joinChannels } from './join-channels.ts';
export { lateHandlers } from './late-handlers.ts';
export { type OpenApiDocument, type OpenApiSources, openApiDocument } from './openapi.ts';
export { openApiPage } from './openapi-page.ts';
export type { RelayTarget } from './relay.ts';
export type { RelayWatcher } from './relay-watch.ts';
export { serve } from './server.ts';
export type { AuthorizeRequest, RelayedCallFacts, RpcServer, ServerOptions } from './server-options.ts';
export { subjectIdentity } from './subject.ts';
