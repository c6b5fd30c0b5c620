export type {Told as Heard} from './answering.js';
export {directly} from './direct.js';
export {type FaultKind, faultKinds, readFault} from './faults.js';
export {type Sandbox, type SandboxOptions, startSandbox} from './server.js';
export {BadAccountFile} from './store.js';
