export type {Told as Heard} from './answering.js';
export {type Fault, type FaultKind, faultKinds, readFault} from './faults.js';
export type {Lags} from './operation.js';
export {noLags, type Sandbox, type SandboxOptions, startSandbox} from './server.js';
export {BadAccountFile} from './store.js';
