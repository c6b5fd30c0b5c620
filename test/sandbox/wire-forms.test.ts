import {GetUserCommand, IAMClient} from '@aws-sdk/client-iam';
import {HttpResponse} from '@smithy/core/protocols';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {answerJson, readJson, refusalJson} from '../../src/sandbox/http/json-protocol.js';
import {answerXml, readQuery, refusalXml} from '../../src/sandbox/http/query-protocol.js';
import {type Data, type Datum, Refusal} from '../../src/sandbox/operation.js';

describe('an AWS Query request', () => {
	test.each<[string, Data]>([
		['', {}],
		['UserName=nps', {UserName: 'nps'}],
		['Description=a%20b+c%2Bd%3De', {Description: 'a b c+d=e'}],
		['Description=', {Description: ''}],
		['Tags=', {Tags: ''}],
		['Tags.member.1.Key=team&Tags.member.1.Value=', {Tags: [{Key: 'team', Value: ''}]}],
		['Names.member.10=ten&Names.member.2=two&Names.member.1=one', {Names: ['one', 'two', 'ten']}],
		['A.member.1.B.member.1=x&A.member.1.B.member.2=y', {A: [{B: ['x', 'y']}]}],
		['A.B.C=deep', {A: {B: {C: 'deep'}}}],
		['toString=x&__proto__=y', JSON.parse('{"toString": "x", "__proto__": "y"}') as Data],
	])('%s is read', (text, data) => {
		expect(readQuery(text)).toEqual(data);
	});
	test.each([
		'Name=%zz',
		'Name=%C3',
		'A=x&A=y',
		'A=x&A.B=y',
		'A.B=x&A=y',
		'A..B=x',
		'=x',
		'Tags.member.x=1',
		'Tags.member.0=1',
		'Tags.member=1',
		`${'A.'.repeat(20)}B=x`,
	])('%s is refused as AWS refuses', text => {
		expect(() => readQuery(text)).toThrow(Refusal);
	});
	test('is read as it was meant, whatever the names and values', () => {
		const name = fc.stringMatching(/^[A-Z][A-Za-z]{0,8}$/);
		const {tree} = fc.letrec<{tree: Datum}>(tie => ({
			tree: fc.oneof(
				{maxDepth: 3},
				fc.string({unit: 'grapheme'}),
				fc.array(tie('tree'), {minLength: 1, maxLength: 12}),
				fc.dictionary(name, tie('tree'), {minKeys: 1, maxKeys: 4}),
			),
		}));
		fc.assert(
			fc.property(fc.dictionary(name, tree, {maxKeys: 5}), data => {
				const pairs = Object.entries(data).flatMap(([at, it]) => flattened(at, it as Datum));
				expect(readQuery(new URLSearchParams(pairs).toString())).toEqual(data);
			}),
		);
	});
});
function flattened(at: string, it: Datum): [string, string][] {
	if (typeof it === 'string') return [[at, it]];
	const parts = Array.isArray(it)
		? it.map((each, i) => [`member.${i + 1}`, each] as const)
		: Object.entries(it as Data);
	return parts.flatMap(([name, each]) => flattened(`${at}.${name}`, each as Datum));
}

const ns = 'https://iam.amazonaws.com/doc/2010-05-08/';
describe('the XML of an answer', () => {
	test('has AWS’s names, members, times and entries', () => {
		const answer = {
			User: {
				UserName: 'a<b>&"c"',
				CreateDate: new Date('2026-11-24T03:04:05.678Z'),
				Tags: [{Key: 'k', Value: ''}],
				Nothing: undefined,
			},
			IsTruncated: false,
			SummaryMap: {Users: 3},
			Names: [],
		};
		expect(answerXml(ns, 'GetUser', answer, 'id-1')).toBe(
			`<GetUserResponse xmlns="${ns}"><GetUserResult><User><UserName>a&lt;b&gt;&amp;&quot;c&quot;</UserName><CreateDate>2026-11-24T03:04:05Z</CreateDate>` +
				'<Tags><member><Key>k</Key><Value></Value></member></Tags></User><IsTruncated>false</IsTruncated>' +
				'<SummaryMap><entry><key>Users</key><value>3</value></entry></SummaryMap><Names></Names></GetUserResult>' +
				'<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></GetUserResponse>\n',
		);
	});
	test('has a result only where the answer has one', () => {
		expect(answerXml(ns, 'TagUser', {}, 'id')).not.toContain('Result');
		expect(answerXml(ns, 'UpdateRole', {}, 'id')).toContain('<UpdateRoleResult></UpdateRoleResult>');
	});
	test.each([
		[new Refusal('NoSuchEntity', 'No <user>.', 404), 'Sender'],
		[new Refusal('InternalFailure', 'Oh.', 500), 'Receiver'],
	])('tells whose fault it is: %s', (refused, type) => {
		expect(refusalXml(ns, refused, 'id')).toMatch(
			new RegExp(`^<ErrorResponse xmlns="${ns}"><Error><Type>${type}</Type><Code>${refused.code}</Code><Message>`),
		);
	});
	test('reaches AWS’s client as it was, whatever the text', async () => {
		let body = '';
		const iam = new IAMClient({
			region: 'eu-west-1',
			credentials: {accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x'},
			requestHandler: {
				handle: async () => ({response: new HttpResponse({statusCode: 200, headers: {}, body: Buffer.from(body)})}),
			},
		});
		const writable = fc
			.string({unit: 'grapheme', maxLength: 40})
			.filter(it => !/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(it));
		await fc.assert(
			fc.asyncProperty(fc.array(writable, {maxLength: 5}), async values => {
				const tags = values.map((it, i) => ({Key: `k${i}`, Value: it}));
				body = answerXml(ns, 'GetUser', {User: {UserName: 'nps', Tags: tags}}, 'id');
				expect((await iam.send(new GetUserCommand({}))).User?.Tags ?? []).toEqual(tags);
			}),
			{numRuns: 60, examples: [[['a\r\nb', '\r', ' ', '\u0085', ']]>']]]},
		);
	});
	test('never holds what XML can not', () => {
		expect(answerXml(ns, 'GetUser', {User: {UserName: 'a\u0000b\u001bc\ud800'}}, 'id')).toContain(
			'<UserName>a\uFFFDb\uFFFDc\uFFFD</UserName>',
		);
	});
});

describe('a JSON 1.1 request', () => {
	test.each<[string, Data]>([
		['', {}],
		['{}', {}],
		['{"KeyId":"k","Limit":5,"DryRun":true,"Nothing":null}', {KeyId: 'k', Limit: 5, DryRun: true}],
		['{"Tags":[{"TagKey":"a","TagValue":"ü"}]}', {Tags: [{TagKey: 'a', TagValue: 'ü'}]}],
	])('%s is read', (text, data) => {
		expect(readJson(text)).toEqual(data);
	});
	test.each(['{', '[]', '"x"', 'null', '7', `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`])(
		'%.20s is refused as AWS refuses',
		text => {
			expect(() => readJson(text)).toThrow(
				expect.objectContaining({code: 'SerializationException', status: 400}) as Error,
			);
		},
	);
	test('is read back as it was written, whatever it says', () => {
		fc.assert(
			fc.property(
				fc.dictionary(
					fc.string(),
					fc.jsonValue().filter(it => !JSON.stringify(it).includes('null')),
				),
				data => {
					expect(readJson(answerJson(data as Data))).toEqual(JSON.parse(JSON.stringify(data)));
				},
			),
		);
	});
});

test('the JSON of an answer has times in seconds, bytes in base64, and is empty for nothing', () => {
	expect(
		answerJson({CreationDate: new Date(1_700_000_000_500), Blob: new Uint8Array([1, 2, 3]), List: [{A: undefined}]}),
	).toBe('{"CreationDate":1700000000.5,"Blob":"AQID","List":[{}]}');
	expect(answerJson({})).toBe('');
	expect(refusalJson(new Refusal('NotFoundException', 'Alias is not found.'))).toBe(
		'{"__type":"NotFoundException","message":"Alias is not found."}',
	);
});
