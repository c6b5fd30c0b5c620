import type {Aws} from '../../../src/aws/client/send.js';
import type {Reply, SentCall} from '../../../src/engine/reply.js';

/** Sends a change by the credentials at hand, whoever's they are, as no run does. */
export const sendNow = async (aws: Aws, call: SentCall): Promise<Reply> =>
	aws.send(call, await aws.by(), () => undefined);
