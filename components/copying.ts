/** Where a text went: certain where this machine's clipboard took it, otherwise to be seen by pasting. */
export const copied = (sure: boolean): string =>
	sure ? 'copied.' : "sent to this terminal's clipboard; paste it to see that it arrived.";
