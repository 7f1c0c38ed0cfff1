// sandbox/src/cloud/iot-core/rules/sql.test.ts: statements of rules give what AWS's guide says, mostly by its own examples.
import { expect, test } from 'vitest'
import type { RuleView } from './message-functions.ts'
import { NOT_MET, ruleQuery, scopeOf, template } from './rule-query.ts'

const NOW = new Date('2026-03-04T05:06:07.089Z')
const message = (payload: unknown, part: Partial<RuleView> = {}): RuleView => ({
  ...{ topic: 'things/t1/data', clientId: 'c1', principal: 'abc', traceId: 'trace', accountId: '000000000000', now: NOW, askRegistry: () => undefined },
  payload: payload instanceof Uint8Array ? payload : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
  ...part,
})
const select = (sql: string, payload: unknown, part?: Partial<RuleView>) => ruleQuery(sql).run(scopeOf(message(payload, part)))
const valueOf = (expression: string, payload: unknown = {}) => select(`SELECT VALUE ${expression} FROM 'a'`, payload)

test.each<[string, unknown, unknown]>([
  ["SELECT * FROM 'a'", { color: 'red', temperature: 50 }, { color: 'red', temperature: 50 }],
  ['SELECT *', { a: 1 }, { a: 1 }],
  ["SELECT color AS my_color, temperature as fahrenheit FROM 'a'", { color: 'red', temperature: 50 }, { my_color: 'red', fahrenheit: 50 }],
  ["SELECT *, 15 as speed FROM 'a'", { color: 'red' }, { color: 'red', speed: 15 }],
  ["SELECT *, principal() AS id FROM 'a'", { id: 'claimed' }, { id: 'abc' }],
  ["SELECT VALUE color FROM 'a'", { color: 'red' }, 'red'],
  ["SELECT VALUE arr FROM 'a'", { arr: [1, 2] }, [1, 2]],
  ["SELECT value, value.x AS x FROM 'a'", { value: { x: 1 } }, { value: { x: 1 }, x: 1 }],
  ["SELECT color.red as red_value FROM 'a'", { color: { red: 255 } }, { red_value: 255 }],
  ["SELECT color.red FROM 'a'", { color: { red: 255 } }, { red: 255 }],
  ["SELECT foo.bar AS bar.baz FROM 'a'", { foo: { bar: 'RED' } }, { bar: { baz: 'RED' } }],
  ["SELECT state.reported.* FROM 'a'", { state: { reported: { a: 1, b: 2 } } }, { a: 1, b: 2 }],
  ["SELECT (temperature - 32) * 5 / 9 AS celsius, upper(color) as my_color FROM 'a'", { color: 'red', temperature: 50 }, { celsius: 10, my_color: 'RED' }],
  ["SELECT missing, null AS n FROM 'a'", { a: 1 }, { n: null }],
  ["SELECT {'latitude': get(lat_long, 0),'longitude':get(lat_long, 1)} as lat_long FROM 'a'", { lat_long: [47.606, -122.332] }, { lat_long: { latitude: 47.606, longitude: -122.332 } }],
  ["SELECT [lat,long] as lat_long FROM 'a'", { lat: 1, long: 2 }, { lat_long: [1, 2] }],
  ["SELECT CASE color WHEN 'green' THEN 'go' WHEN 'yellow' THEN 'caution' ELSE 'what?' END as instructions FROM 'a'", { color: 'yellow' }, { instructions: 'caution' }],
  ["SELECT CASE color WHEN 'green' THEN 'go' END AS i FROM 'a'", { color: 'red' }, {}],
  ["SELECT (SELECT VALUE n FROM e) as sensors FROM 'a'", { e: [{ n: 'x' }, { n: 'y' }] }, { sensors: ['x', 'y'] }],
  ["SELECT (SELECT v FROM e WHERE n = 'x') as t FROM 'a'", { e: [{ n: 'x', v: 1 }, { n: 'y', v: 2 }] }, { t: [{ v: 1 }] }],
  ["SELECT get((SELECT v FROM e WHERE n = 'x'), 0).v as t FROM 'a'", { e: [{ n: 'x', v: 1 }] }, { t: 1 }],
  ["SELECT decode(encoded,\"base64\").temperature AS temp from 'a'", { encoded: 'eyAidGVtcGVyYXR1cmUiOiAzMyB9Cg==' }, { temp: 33 }],
  ["SELECT encode(*, 'base64') AS data FROM 'a'", Buffer.from([0xff, 0x00]), { data: '/wA=' }],
  ["SELECT decode(encode(*, 'base64'), 'base64') AS value FROM 'a' WHERE decode(encode(*, 'base64'), 'base64') > 50", '80', { value: 80 }],
  ["SELECT *, topic() AS t FROM 'a'", Buffer.from([0xff]), { t: 'things/t1/data' }],
  ["SELECT topic(2) AS thing, clientid() AS c, accountid() AS a, timestamp() AS t FROM 'a'", {}, { thing: 't1', c: 'c1', a: '000000000000', t: NOW.getTime() }],
  ["SELECT __proto__ AS p, a.__proto__ AS q, toString AS r FROM 'a'", { a: {} }, {}],
])('%s', (sql, payload, expected) => {
  expect(select(sql, payload)).toEqual(expected)
})

test('a payload that is no JSON goes on as it is', () => {
  expect(select("SELECT * FROM 'a'", Buffer.from([1, 2, 255]))).toEqual(Buffer.from([1, 2, 255]))
})

test.each([
  ['temperature > 50', { temperature: 51 }, true],
  ['temperature > 50', { temperature: 50 }, false],
  ["temperature > 50 AND color <> 'red'", { temperature: 60, color: 'red' }, false],
  ['a > 1 OR b > 1', { a: 2 }, false], // Undefined, since b has no value
  ['missing = 1', {}, false],
  ['missing <> 1', {}, false],
  ['NOT missing', {}, false],
  ['isUndefined(missing)', {}, true],
  ['isNull(n) AND NOT isNull(m)', { n: null }, true],
  ['flag', { flag: 'TRUE' }, true],
  ['flag', { flag: 1 }, false],
  ["a = b AND NOT a = '1'", { a: { x: [1], y: 2 }, b: { y: 2, x: [1] } }, true],
  ["'5' > 4", {}, true],
  ["'x' > 4", {}, false],
  ["'5' = 5", {}, false],
  ['1 + 2 * 3 = 7 AND (1 + 2) * 3 = 9 AND -2 - -3 = 1', {}, true],
  ['NOT a = 1 AND b = 2', { a: 0, b: 2 }, true],
])('WHERE %s', (where, payload, isMet) => {
  expect(select(`SELECT * FROM 'a' WHERE ${where}`, payload) !== NOT_MET).toBe(isMet)
})

test.each<[string, unknown]>([
  ['7 / 2', 3],
  ['7.0 / 2', 3],
  ["'7' / 2", 3.5],
  ['7 % 4', 3],
  ['1 / 0', undefined],
  ["'a' + 1", 'a1'],
  ["'a' + null", undefined],
  ['true + 1', undefined],
  ["lower('HELLO')", 'hello'],
  ['lower(["HELLO"])', '["hello"]'],
  ['concat(1)', 1],
  ['concat([1, 2, 3], "hello", [4])', [1, 2, 3, 'hello', 4]],
  ['concat(1, "hello")', '1hello'],
  ['concat(1, 2)', undefined],
  ['startswith("ranger","ran")', true],
  ['endswith("cat","at")', true],
  ['startswith("x", null)', undefined],
  ['indexof("abcd", "bc")', 1],
  ['regexp_matches("aaaa", "a{2,}")', true],
  ['regexp_matches("aaaa", "(")', undefined],
  ['regexp_replace("abcd", "b(.*)d", "$1")', 'ac'],
  ['regexp_substr("hihihello", "(hi)*")', 'hihi'],
  ['replace("abcdabcd", "b", "$&")', 'a$&cda$&cd'],
  ['substring("012345", 2.745)', '2345'],
  ['substring("012345", -50, 50)', '012345'],
  ['substring("012345", 3, 1)', ''],
  ['substring(true, 1.2)', 'rue'],
  ['rpad("hello", 2)', 'hello  '],
  ['lpad(1, 3)', '   1'],
  ['ltrim(" h i ")', 'h i '],
  ['length(false)', 5],
  ['numbytes("€")', 3],
  ['chr(65)', 'A'],
  ['md5("hello")', '5d41402abc4b2a76b9719d911017c592'],
  ['decode("%", "base64")', null],
  ['get("abc", 1)', 'b'],
  ['get(["a"], 5)', undefined],
  ['get({"a":"b"}, "a")', 'b'],
  ['cast(true as Int)', 1],
  ['cast("2.7" as Int)', 2],
  ['cast(0 as Boolean)', false],
  ['cast(5 as String)', '5'],
  ['cast([] as Int)', undefined],
  ['abs("-5.123")', 5.123],
  ['floor([1,2,3])', undefined],
  ['round(-1.5)', -2],
  ['sqrt(-1)', undefined],
  ['trunc(2.888, 2)', 2.88],
  ['bitand(13, 5)', 5],
  ['mod(8, 3)', 2],
  ['power(2, 5)', 32],
  ['nanvl(missing, 3)', 3],
  ['parse_time("yyyy.MM.dd G \'at\' HH:mm:ss z", 100000000, \'America/Belize\')', '1970.01.01 AD at 21:46:40 CST'],
  ['parse_time("yyyy-MM-dd\'T\'HH:mm:ss.SSSZZ", timestamp())', '2026-03-04T05:06:07.089+00:00'],
  ['parse_time("EEE d MMMM yy h:mm a", timestamp(), "Europe/Zurich")', 'Wed 4 March 26 6:06 AM'],
  ['parse_time("yyyy", 0, "Nowhere/Atall")', undefined],
  ["'it''s'", "it's"],
  ['topic(9)', undefined],
])('%s', (expression, expected) => {
  expect(valueOf(expression)).toEqual(expected)
})

test('what is not known of a message that came not by MQTT', () => {
  expect(select("SELECT clientid() AS c, traceid() AS t, principal() AS p FROM 'a'", {}, { clientId: undefined, principal: undefined })).toEqual({ c: 'n/a' })
})

test('a new uuid each time', () => {
  expect(valueOf('newuuid()')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/)
  expect(valueOf('newuuid()')).not.toBe(valueOf('newuuid()'))
})

test.each([
  ['', /Expected SELECT/],
  ["SELECT FROM 'a'", /found 'FROM'/],
  ['SELECT * FROM topic/#', /topic filter in quotes|Unexpected character/],
  ["SELECT * FROM 'a' WHERE", /found the end/],
  ["SELECT * FROM 'a' GROUP BY x", /Expected the end, found 'GROUP'/],
  ["SELECT a b FROM 'a'", /found 'b'/],
  ["SELECT (1 + 2 FROM 'a'", /Expected '\)'/],
  ["SELECT 'open FROM a", /does not end/],
  ["SELECT launch_missiles() FROM 'a'", /launch_missiles\(\) is unknown/],
  ["SELECT get_dynamodb('t') AS x FROM 'a'", /not offered/],
  ["SELECT cast(a AS Duck) FROM 'a'", /no type duck/],
  ["SELECT VALUE a.* FROM 'a'", /columns only/],
  ["SELECT constructor() FROM 'a'", /unknown/],
])('%s is refused', (sql, reason) => {
  expect(() => ruleQuery(sql)).toThrow(expect.objectContaining({ code: 'SqlParseException', message: expect.stringMatching(reason) as string }) as Error)
})

test.each([
  ['${topic()}/republish', 'things/t1/data/republish'],
  ["${replace(topic(), '/', '-') + '-' + timestamp()}", `things-t1-data-${NOW.getTime()}`],
  ["a${get({'x': 'y}'}, 'x')}b${device.id}", 'ay}bd1'],
  ['$${x} ${missing}.', '$ .'],
  ['plain $ text {}', 'plain $ text {}'],
])('the template %s', (text, expected) => {
  expect(template(text)(scopeOf(message({ device: { id: 'd1' } })))).toBe(expected)
})

test('a template that does not end is refused', () => {
  expect(() => template("x${'}'")).toThrow(expect.objectContaining({ code: 'SqlParseException' }) as Error)
})
