import {faultsAtEveryCall} from './every.js';
import {adopting, lost} from './flows.js';

faultsAtEveryCall(adopting);
faultsAtEveryCall(lost);
