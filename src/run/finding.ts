/** One thing that was looked at: right, wrong with what mends it, or only to be known. It holds no secret. */
export type Finding = {
	readonly is: 'right' | 'wrong' | 'note';
	readonly name: string;
	readonly says: string;
	readonly todo?: string;
};
