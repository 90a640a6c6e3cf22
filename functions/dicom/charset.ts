/** How Orthanc turns a text of a DICOM file into UTF-8 (Enumerations.cpp, GetDicomEncoding; Toolbox.cpp, ConvertToUtf8). */
import { latin1 } from './text.ts';

/** Orthanc's names of encodings, as in its option DefaultEncoding, in capitals. */
type EncodingName = keyof typeof DECODERS;

export interface Decoded {
  readonly text: string;
  /** Every server makes the same of it. */
  readonly certain: boolean;
}

/** Specific character sets (PS3.3, C.12.1.1.2), those with code extensions written as those without. */
const CHARSETS: Readonly<Record<string, EncodingName>> = {
  'ISO_IR 6': 'ASCII',
  'ISO_IR 192': 'UTF8',
  'ISO_IR 100': 'LATIN1',
  'ISO_IR 101': 'LATIN2',
  'ISO_IR 109': 'LATIN3',
  'ISO_IR 110': 'LATIN4',
  'ISO_IR 148': 'LATIN5',
  'ISO_IR 144': 'CYRILLIC',
  'ISO_IR 127': 'ARABIC',
  'ISO_IR 126': 'GREEK',
  'ISO_IR 138': 'HEBREW',
  'ISO_IR 166': 'THAI',
  'ISO_IR 13': 'JAPANESE',
  'ISO_IR 149': 'KOREAN',
  'ISO_IR 87': 'JAPANESEKANJI',
  'ISO_IR 58': 'SIMPLIFIEDCHINESE',
  GB18030: 'CHINESE',
  GBK: 'CHINESE',
};

/** What is certain was seen on real servers (test/e2e/dicom); encodings of several bytes a character depend on their libraries. */
const DECODERS = {
  // Orthanc drops all else but line feeds.
  ASCII: { decode: (bytes: Uint8Array) => latin1(bytes).replace(/[^\x20-\x7e\n]/g, ''), certain: true },
  UTF8: { decode: by('utf-8'), certain: true },
  LATIN1: { decode: latin1, certain: true },
  LATIN2: { decode: by('iso-8859-2'), certain: true },
  LATIN3: { decode: by('iso-8859-3'), certain: true },
  LATIN4: { decode: by('iso-8859-4'), certain: true },
  LATIN5: { decode: latin5, certain: true },
  CYRILLIC: { decode: by('iso-8859-5'), certain: true },
  WINDOWS1251: { decode: by('windows-1251'), certain: true },
  ARABIC: { decode: by('iso-8859-6'), certain: true },
  GREEK: { decode: by('iso-8859-7'), certain: true },
  HEBREW: { decode: by('iso-8859-8'), certain: true },
  THAI: { decode: thai, certain: true },
  // JIS X 0201 has an overline and a yen sign in two places of ASCII; for the latter, 1.13.0 leaves the backslash.
  JAPANESE: { decode: (bytes: Uint8Array) => japanese(bytes).replaceAll('~', '\u203e'), certain: false },
  CHINESE: { decode: by('gb18030'), certain: true },
  KOREAN: { decode: by('euc-kr'), certain: false },
  JAPANESEKANJI: { decode: by('iso-2022-jp'), certain: false },
  SIMPLIFIEDCHINESE: { decode: by('gbk'), certain: false },
};

/**
 * @param charset of the data set (0008,0005); without one, or with an empty one, the server's DefaultEncoding counts
 * @param defaultEncoding by Orthanc's name; where it is not known, Orthanc's own default is taken, and nothing but ASCII is certain
 */
export function decode(bytes: Uint8Array, charset: string | undefined, defaultEncoding: string | undefined): Decoded {
  const terms = (charset ?? '').split('\\').map((term) => term.trim().toUpperCase());
  const term = terms.find((each) => each !== '');
  const known = term === undefined ? encodingNamed(defaultEncoding) : encodingOf(term);
  const name = known ?? 'LATIN1';
  if (isPrintableAscii(bytes) && !(name === 'JAPANESE' && /[\\~]/.test(latin1(bytes))))
    return { text: latin1(bytes), certain: true };
  const text = DECODERS[name].decode(bytes);
  const extended = terms.length > 1;
  // Orthanc skips what it cannot convert; how much that is depends on its library, and so do controls and the rarer Chinese ones.
  const same = name === 'CHINESE' ? /^[ -~\u4e00-\u9fa5]*$/.test(text) : !/[\ufffd\p{Cc}]/u.test(text);
  const certain = known !== undefined && DECODERS[name].certain && same && !extended && !isOlderUnknown(term);
  const skipped = text.replaceAll('\ufffd', '');
  return { text: extended ? skipped.replace(ESCAPE_SEQUENCE, '') : skipped, certain };
}

/** What switches between character sets (ISO/IEC 2022). */
const ESCAPE = String.fromCharCode(0x1b);
const ESCAPE_SEQUENCE = new RegExp(`${ESCAPE}[ -/]+[0-\x7f]`, 'g');

/** A spelling that newer servers know and Orthanc 1.10.1 does not. */
function isOlderUnknown(term: string | undefined): boolean {
  return term?.includes('_IR_') ?? false;
}

/** Those that Orthanc does not know it takes for ASCII. */
function encodingOf(term: string): EncodingName {
  const plain = term.replace(/^ISO_IR_/, 'ISO_IR ').replace(/^ISO[ _]2022[ _]IR[ _]/, 'ISO_IR ');
  return CHARSETS[plain] ?? 'ASCII';
}

function encodingNamed(defaultEncoding: string | undefined): EncodingName | undefined {
  const name = defaultEncoding?.toUpperCase() ?? '';
  return Object.hasOwn(DECODERS, name) ? (name as EncodingName) : undefined;
}

function isPrintableAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
}

/** A decoder that is made when it is needed first: most files need none. */
function by(label: string): (bytes: Uint8Array) => string {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  return (bytes) => {
    decoder ??= new TextDecoder(label, { ignoreBOM: true });
    return decoder.decode(bytes);
  };
}

const japanese = by('shift_jis');
const windows874 = by('windows-874');

/** TIS-620 has nothing below its letters, unlike the code page that the web takes it for. */
function thai(bytes: Uint8Array): string {
  return windows874(bytes.filter((byte) => byte < 0x80 || byte > 0xa0));
}

/** ISO 8859-9 is ISO 8859-1 but for six letters; what the web calls so is Windows-1254. */
const TURKISH: Readonly<Record<string, string>> = { Ð: 'Ğ', Ý: 'İ', Þ: 'Ş', ð: 'ğ', ý: 'ı', þ: 'ş' };

function latin5(bytes: Uint8Array): string {
  return latin1(bytes).replace(/[ÐÝÞðýþ]/g, (letter) => TURKISH[letter] ?? letter);
}
