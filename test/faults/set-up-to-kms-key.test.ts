import {faultsAtEveryCall} from './every.js';
import {toTheKey} from './flows.js';

faultsAtEveryCall(toTheKey);
