/** The keychain of the operating system, between the app that can reach it and commands that cannot. */
export { findKeychainOfApp, type KeychainClientOptions } from './client.ts';
export { hiddenSwitch } from './hidden-switch.ts';
export { type KeychainServer, type KeychainServerOptions, serveKeychain } from './serve.ts';
export { locateApplication, startHiddenApplication } from './start-app.ts';
