import {faultsAtEveryCall} from './every.js';
import {adopting, adoptingByArn, anew, bound, lost} from './flows.js';

faultsAtEveryCall(adopting);
faultsAtEveryCall(adoptingByArn);
faultsAtEveryCall(anew);
faultsAtEveryCall(bound);
faultsAtEveryCall(lost);
