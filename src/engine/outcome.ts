/** What ended a run before its time: the person, a request to end, or a terminal that is gone. */
export type Left = 'interrupted' | 'terminated' | 'hung-up';
/** How a command ended, for whoever started it. */
export type Outcome = 'done' | 'stopped' | 'usage' | 'differs' | Watched | Left;
/** What a look for a monitoring system came to, where all isn't well. */
type Watched = 'warning' | 'critical' | 'unknown';
