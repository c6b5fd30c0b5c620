/** All that is due happens: effects run, streams flow, and what they put off. */
export async function turns(): Promise<void> {
	for (let turn = 0; turn < 5; turn++) await new Promise(done => setImmediate(done));
}
