/** What nobody means well by, for whatever takes text: in addresses, bodies and headers. None of it names a secret. */

/** As they stand in an address. */
export const hostileAddressTexts: readonly string[] = [
  // Nothing, and what is no encoding
  ...'%20 %00 1%00 %ff %C0%80 %ED%A0%80 % %2 %zz %u0031 %25 %2500'.split(' '),
  // Numbers that are none, or too large
  ...'0 -0 -1 +1 1.0 1e1 0x10 0b1 0o7 1_0 1,5 NaN Infinity 9007199254740993 18446744073709551616 1e400'.split(
    ' ',
  ),
  // Words that a careless reader takes for more than words
  ...'null undefined true [] {} [object%20Object] __proto__ constructor toString * ** ?'.split(' '),
  // SQL, paths, templates, line ends
  ...`'%20or%20'1'='1 ';-- %22 \\ $1 $$ ..%2f..%2f ..%5c ../.. %2e%2e%2f file:///x {{7*7}} \${7} %0d%0ax:y`.split(
    ' ',
  ),
  // Beyond ASCII: other digits, a mark that turns the text, a pair of halves, letters that change their length
  ...['\u0661', '\u202e1', '\ud83d\ude00', '\u0130', '\ufeff', '\u00ad', 'e\u0301'].map(encodeURIComponent),
  'a'.repeat(600),
  '%00'.repeat(300),
  '9'.repeat(400),
  '2025-02-30T00:00:00Z',
  '2025-02-18T12:12:56+99:99',
  '0000-00-00T00:00:00Z',
  '00000000-0000-0000-0000-00000000000g',
  '99999999999:99999999999999999999',
  '-1:-1',
  '0:-1',
]

const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`

/** Two spaces between them. */
const shortBodies = String.raw`
  {  }  {"  [1,  null  true  0  -0  1e400  ""  []  {}  [[]]  [null]  "\ud800"  {"a":1}{"a":1}  {'a':1}  {"a":NaN}
  {"a":1,}  <a/>  a=b&c=d  {"id":1,"id":2}  {"__proto__":{"polluted":1}}  [{"__proto__":null}]
  {"constructor":{"prototype":{"polluted":1}}}  {"message":{"__proto__":{"polluted":1}}}  {"code":"x"}
  {"cards":"x"}  {"cards":[]}  {"cards":[{}]}  {"cards":{"length":1}}  {"cards":[[["a"]]]}  {"limit":"1"}
  {"reason":0}  {"reason":""}  {"reason":"\u0000"}  {"reason":["x"]}  {"reason":null}  {"accept":"true"}
  {"accept":false}  {"message":null}  {"message":[]}  {"message":"{}"}  {"message":{"id":"a"},"accept":true}
  {"code":"not_json","limit":1e3}  {"code":"not_json","limit":1e400}  {"code":["not_json"]}`
  .split(/\s{2,}/)
  .slice(1)

/** As bodies. */
export const hostileBodies: readonly (string | Buffer)[] = [
  ...shortBodies,
  '',
  ' ',
  '\0',
  '\ufeff{}',
  'a,b\nc,d',
  `{"message":{"a":${deep(1000)}}}`,
  `{"message":{"a":${deep(20_000)}}}`,
  deep(5000),
  deep(20_000),
  `{"a":${'{"a":'.repeat(5000)}1${'}'.repeat(5001)}`,
  JSON.stringify({ reason: 'x'.repeat(60_000) }),
  JSON.stringify(Array.from({ length: 1001 }, () => 1)),
  Buffer.from([0xff, 0xfe, 0x7b, 0, 0x7d, 0]),
  Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
  Buffer.concat([Buffer.from('{"reason":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]),
  Buffer.alloc(70_000, 0x20),
]

/** By the header that carries them. */
export const hostileHeaders: readonly Readonly<Record<string, string | string[]>>[] = [
  ...['"', '*', 'W/"', '""', 'W/*', ',,,,', '"a", W/"b', '\u00ff', 'x'.repeat(9000)].map((tag) => ({
    'if-none-match': tag,
  })),
  ...['', ',', 'text/html;q=9', '*/*;q=-1', ';;;', 'a'.repeat(5000)].map((accept) => ({ accept })),
  ...['', ';', 'application/json;', 'json', 'a/b/c', 'application/json; charset=utf-16', '\u00ff/\u00ff'].map(
    (type) => ({ 'content-type': type }),
  ),
  ...['-1', '0', '1.1.1', 'a:b', '__proto__', '9'.repeat(500), '\u00ff'].map((id) => ({
    'last-event-id': id,
  })),
  ...['null', 'https://evil.example', 'file://', '\u00ff'].map((origin) => ({ origin })),
  ...['bytes=0-', 'bytes=-1', 'x'].map((range) => ({ range })),
  { 'accept-encoding': 'gzip;q=1, *;q=0' },
  { 'content-encoding': 'gzip' },
  { 'transfer-encoding': 'chunked' },
  { 'if-match': '"a"', 'if-modified-since': 'yesterday', 'if-unmodified-since': '\u00ff' },
  {
    'x-forwarded-for': "'; --",
    'x-forwarded-host': '..',
    'x-request-id': '{"a":1}\u00ff',
    forwarded: 'for=',
  },
  { 'x-http-method-override': 'DELETE', 'content-md5': '!', te: 'x', via: '\u00ff', 'max-forwards': '-1' },
  { cookie: Array.from({ length: 50 }, (_, n) => `a${n}=b`), __proto__x: 'a', constructor: 'b' },
  { 'ce-specversion': '1.0', 'ce-id': '%ff%00', 'ce-source': '\u00ff', 'ce-type': 'x', 'ce-__proto__': 'y' },
]
