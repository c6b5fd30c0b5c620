/** What ended a run before its time: the person, a request to end, or a terminal that is gone. */
export type Left = 'interrupted' | 'terminated' | 'hung-up';
/** How a command ended, for whoever started it. */
export type Outcome = 'done' | 'stopped' | 'usage' | 'differs' | Left;
