/** Where a text went: certain where this machine's clipboard took it, otherwise to be seen by pasting. */
export const copied = (sure: boolean): string => (sure ? 'copied.' : 'sent to the clipboard; paste to check.');
