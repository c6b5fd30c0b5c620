import {faultsAtEveryCall} from './every.js';
import {adopting, anew, bound, lost} from './flows.js';

faultsAtEveryCall(adopting);
faultsAtEveryCall(anew);
faultsAtEveryCall(bound);
faultsAtEveryCall(lost);
