import {faultsAtEveryCall} from './every.js';
import {fromTheKey} from './flows.js';

faultsAtEveryCall(fromTheKey);
