import {faultsAtEveryCall} from './every.js';
import {replacing} from './flows.js';

faultsAtEveryCall(replacing);
