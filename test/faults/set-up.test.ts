import {faultsAtEveryCall} from './every.js';
import {setUp} from './flows.js';

faultsAtEveryCall(setUp);
