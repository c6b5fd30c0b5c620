/** The kinds of entries that there are. */
export const kinds = [
	'started',
	'taken-up',
	'connected',
	'answered',
	'adopted',
	'approved',
	'claimed',
	'intent',
	'outcome',
	'shown',
	'delivered',
	'own-use',
	'checked',
	'in-use',
	'narrowed',
	'completed',
	'printed',
	'ended',
];
/** Kinds that only records of version 1 have. */
const formerKinds = ['nps-rotated'];
const texts = {type: 'array', items: {type: 'string'}} as const;
/** The shape of a record's file: what conf checks each time it is read and before it is written. */
export const recordSchema = {
	v: {type: 'integer'},
	setup: {type: 'string'},
	entries: {
		type: 'array',
		items: {
			type: 'object',
			required: ['type', 'at', 'clock'],
			properties: {
				type: {enum: [...kinds, ...formerKinds]},
				at: {type: 'string'},
				clock: {enum: ['aws', 'local']},
				id: {anyOf: [{type: 'integer'}, {type: 'string'}]},
				of: {type: 'integer'},
				ok: {type: 'boolean'},
				step: {type: 'string'},
				place: {type: ['string', 'null']},
				why: {type: 'string'},
				checks: {
					type: 'array',
					items: {type: 'object', required: ['check', 'got', 'ok'], properties: {requestIds: texts}},
				},
				seenAt: {type: 'string'},
				requestIds: texts,
				from: texts,
				through: {type: 'object', additionalProperties: texts},
				change: {type: 'object', required: ['id', 'verb', 'subject', 'call']},
				answers: {type: 'object'},
				facts: {type: 'object'},
				learned: {type: 'object'},
				setupId: {type: 'string'},
			},
			allOf: [
				needs('started', 'course', 'setup', 'setupId'),
				needs('taken-up', 'setupId'),
				needs('connected', 'caller'),
				either('connected', ['facts'], ['account', 'partition', 'region']),
				needs('answered', 'answers'),
				needs('adopted', 'step', 'facts'),
				needs('approved', 'step', 'changes'),
				needs('claimed', 'place'),
				needs('intent', 'id', 'step', 'change'),
				needs('outcome', 'of', 'ok'),
				needs('shown', 'id', 'of'),
				needs('delivered', 'id', 'place'),
				needs('own-use', 'id'),
				needs('checked', 'step', 'checks'),
				// Version 1 called them by AWS's things.
				either('checked', ['id', 'about'], ['accessKeyId', 'keyArn']),
				needs('in-use', 'id'),
				needs('narrowed', 'what'),
				needs('nps-rotated', 'id'),
				needs('completed', 'step', 'facts'),
				needs('printed', 'shell', 'changes'),
			],
		},
	},
} as const;
function needs(type: string, ...required: readonly string[]): object {
	// biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
	return {if: {properties: {type: {const: type}}}, then: {required}};
}
function either(type: string, now: readonly string[], before: readonly string[]): object {
	return {
		if: {properties: {type: {const: type}}},
		// biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
		then: {anyOf: [{required: now}, {required: before}]},
	};
}
