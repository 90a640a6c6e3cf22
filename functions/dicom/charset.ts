/** How Orthanc turns a text of a DICOM file into UTF-8 (Enumerations.cpp, GetDicomEncoding; Toolbox.cpp, ConvertToUtf8). */
import { latin1 } from './text.ts';

/** Orthanc's names of encodings, as in its option DefaultEncoding, in capitals. */
type EncodingName = keyof typeof DECODERS;

export const ORTHANC_DEFAULT_ENCODING = 'Latin1';

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
  ASCII: { decode: (bytes: Uint8Array) => latin1(bytes).replace(/[^\x20-\x7e]/g, ''), certain: true },
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
  THAI: { decode: by('windows-874'), certain: true },
  JAPANESE: { decode: by('shift_jis'), certain: false },
  CHINESE: { decode: by('gb18030'), certain: true },
  KOREAN: { decode: by('euc-kr'), certain: false },
  JAPANESEKANJI: { decode: by('iso-2022-jp'), certain: false },
  SIMPLIFIEDCHINESE: { decode: by('gbk'), certain: false },
};

/** @param charset of the data set (0008,0005); without one, or with an empty one, the server's default encoding counts. */
export function decode(bytes: Uint8Array, charset: string | undefined, defaultEncoding: string): Decoded {
  if (isPrintableAscii(bytes)) return { text: latin1(bytes), certain: true };
  const terms = (charset ?? '').split('\\').map((term) => term.trim().toUpperCase());
  const term = terms.find((each) => each !== '');
  const { decode, certain } = DECODERS[term === undefined ? nameOf(defaultEncoding) : encodingOf(term)];
  const text = decode(bytes);
  // Orthanc skips what it cannot convert; how much that is depends on the library.
  return {
    text: text.replaceAll('\ufffd', ''),
    certain: certain && terms.length === 1 && !/[\ufffd\p{Cc}]/u.test(text),
  };
}

/** Those that Orthanc does not know it takes for ASCII. */
function encodingOf(term: string): EncodingName {
  const plain = term.replace(/^ISO_IR_/, 'ISO_IR ').replace(/^ISO[ _]2022[ _]IR[ _]/, 'ISO_IR ');
  return CHARSETS[plain] ?? 'ASCII';
}

function nameOf(defaultEncoding: string): EncodingName {
  const name = defaultEncoding.toUpperCase();
  return Object.hasOwn(DECODERS, name) ? (name as EncodingName) : 'LATIN1';
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

/** ISO 8859-9 is ISO 8859-1 but for six letters; what the web calls so is Windows-1254. */
const TURKISH: Readonly<Record<string, string>> = { Ð: 'Ğ', Ý: 'İ', Þ: 'Ş', ð: 'ğ', ý: 'ı', þ: 'ş' };

function latin5(bytes: Uint8Array): string {
  return latin1(bytes).replace(/[ÐÝÞðýþ]/g, (letter) => TURKISH[letter] ?? letter);
}
