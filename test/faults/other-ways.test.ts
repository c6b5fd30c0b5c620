import {faultsAtEveryCall} from './every.js';
import {adopting, anew, lost} from './flows.js';

faultsAtEveryCall(adopting);
faultsAtEveryCall(anew);
faultsAtEveryCall(lost);
