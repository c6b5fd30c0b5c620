export {BadAccountFile} from './account/account-file.js';
export type {Told as Heard} from './http/answering.js';
export {type FaultKind, faultKinds, readFault} from './http/faults.js';
export type {Sandbox, SandboxOptions} from './http/sandbox.js';
export {startSandbox} from './http/server.js';
export {directly} from './without-server.js';
