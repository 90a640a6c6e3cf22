/** Files whose identifiers are hard to read, in the way of files that exist. */
import { CT, EXPLICIT, EXPLICIT_SYNTAX, el, IMPLICIT, part10, pixels } from '../../unit/dicom/data-sets.ts';

export interface Spec {
  readonly charset?: string;
  /** Raw bytes as Latin-1; `null`: no such element. */
  readonly patientId?: string | null;
  readonly vr?: string;
  readonly studyUid?: string;
  readonly sopUid?: string;
  readonly uidVr?: string;
  readonly implicit?: boolean;
}

export interface Case {
  readonly name: string;
  readonly file: Buffer;
}

let count = 0;

export function tricky(name: string, spec: Spec): Case {
  const number = ++count;
  const syntax = spec.implicit ? IMPLICIT : EXPLICIT;
  const uid = (tag: number, value: string) => el(tag, spec.uidVr ?? 'UI', value, syntax);
  const dataSet = Buffer.concat([
    ...(spec.charset === undefined ? [] : [el(0x00080005, 'CS', spec.charset, syntax)]),
    uid(0x00080016, CT),
    uid(0x00080018, spec.sopUid ?? `1.2.${number}.3.1`),
    ...(spec.patientId === null ? [] : [el(0x00100020, spec.vr ?? 'LO', spec.patientId ?? 'PATIENT', syntax)]),
    uid(0x0020000d, spec.studyUid ?? `1.2.${number}`),
    uid(0x0020000e, `1.2.${number}.3`),
    pixels(syntax),
  ]);
  return { name, file: part10(dataSet, spec.implicit ? '1.2.840.10008.1.2' : EXPLICIT_SYNTAX) };
}

const bytes = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => String.fromCharCode(first + index)).join('');
/** What a text of one byte a character may hold beyond ASCII. */
const UPPER_HALF = bytes(0xa0, 0xff);
const utf8 = (text: string) => Buffer.from(text).toString('latin1');

export const PLAIN: readonly Case[] = [
  tricky('no PatientID', { patientId: null }),
  tricky('an empty PatientID', { patientId: '' }),
  tricky('a PatientID of spaces', { patientId: '    ' }),
  tricky('leading spaces', { patientId: '  ab' }),
  tricky('trailing spaces', { patientId: 'ab    ' }),
  tricky('lower case', { patientId: 'abcDE' }),
  tricky('trailing NULs', { patientId: 'ab\0\0' }),
  tricky('a NUL, then a space', { patientId: 'abc\0 ' }),
  tricky('a NUL within', { patientId: 'ab\0cd ' }),
  tricky('several values', { patientId: 'ab \\cd  ' }),
  tricky('punctuation', { patientId: '~{}|[]^_`' }),
  tricky('an implicit data set', { patientId: ' aB ', implicit: true }),
  tricky('another VR of text', { patientId: ' ab ', vr: 'SH' }),
  tricky('the VR of UIDs', { patientId: 'a b ', vr: 'UI' }),
  tricky('UIDs with a trailing space', { studyUid: '1.2.999 ', sopUid: '1.2.999.1 ' }),
  tricky('UIDs with a leading space', { sopUid: ' 1.2.88' }),
  tricky('UIDs with a space within', { sopUid: '1.2. 89' }),
  tricky('UIDs with two NULs', { sopUid: '1.2.90\0\0' }),
  tricky('UIDs with a tab', { sopUid: '1.2.95\t' }),
  tricky('UIDs with letters', { sopUid: 'abc.1' }),
  tricky('UIDs with several values', { sopUid: '1.2.91\\1.2' }),
  tricky('UIDs as another text', { sopUid: '1.2.92 ', uidVr: 'LO' }),
  tricky('ASCII in spite of code extensions', { charset: '\\ISO 2022 IR 87', patientId: 'abc~|' }),
];

export const CHARSETS: readonly Case[] = [
  ...['100', '101', '110', '148', '144'].map((charset) =>
    tricky(`ISO_IR ${charset}`, { charset: `ISO_IR ${charset}`, patientId: UPPER_HALF }),
  ),
  tricky('ISO_IR 109', { charset: 'ISO_IR 109', patientId: '\xa1\xb1\xe5\xfe' }),
  tricky('ISO_IR 126', { charset: 'ISO_IR 126', patientId: '\xa4\xa5\xaa\xc1\xfe' }),
  tricky('ISO_IR 127', { charset: 'ISO_IR 127', patientId: '\xc7\xe1\xf2' }),
  tricky('ISO_IR 138', { charset: 'ISO_IR 138', patientId: '\xe0\xfa\xfd' }),
  tricky('ISO_IR 166', { charset: 'ISO_IR 166', patientId: '\x80\xa0\xa1\xda\xdf\xfb' }),
  tricky('ISO_IR 192', { charset: 'ISO_IR 192', patientId: utf8('Müller 日本 😀') }),
  tricky('ISO_IR 192 with a byte order mark', { charset: 'ISO_IR 192', patientId: utf8('\ufeffabc é') }),
  tricky('GB18030', { charset: 'GB18030', patientId: '\xcd\xf5\xd0\xa1\xb6\xab' }),
  tricky('GBK', { charset: 'GBK', patientId: '\xcd\xf5ab' }),
  tricky('lower case', { charset: 'iso_ir 101', patientId: UPPER_HALF }),
  tricky('an unknown charset', { charset: 'FOO', patientId: 'a\xe9b' }),
  tricky('ASCII as charset', { charset: 'ISO_IR 6', patientId: 'a\xe9b' }),
  tricky('one charset with code extensions', { charset: 'ISO 2022 IR 100', patientId: UPPER_HALF }),
];

/** Servers read these in different ways, or with different libraries. */
export const UNCERTAIN: readonly Case[] = [
  tricky('spaces before a NUL', { patientId: 'ab \0' }),
  tricky('an unknown VR', { patientId: 'ab  ', vr: 'UN' }),
  tricky('UIDs of an unknown VR', { sopUid: '1.2.93', uidVr: 'UN' }),
  tricky('a charset that is misspelt', { charset: 'ISO_IR_101', patientId: UPPER_HALF }),
  tricky('a tilde in Japanese', { charset: 'ISO_IR 13', patientId: 'a~b' }),
  tricky('Japanese', { charset: 'ISO_IR 13', patientId: '\xd4\xcf\xc0\xde' }),
  tricky('Japanese with code extensions', { charset: '\\ISO 2022 IR 87', patientId: '\x1b$B;3ED\x1b(B' }),
  tricky('Korean with code extensions', { charset: '\\ISO 2022 IR 149', patientId: '\x1b$)C\xb1\xe8\xc8\xf1' }),
  tricky('broken UTF-8', { charset: 'ISO_IR 192', patientId: 'a\xffb' }),
  tricky('rare Chinese', { charset: 'GB18030', patientId: '\x80\xfe\x51' }),
];

export const WITHOUT_CHARSET: readonly Case[] = [
  tricky('no charset', { patientId: UPPER_HALF.slice(1) }),
  tricky('an empty charset', { charset: '', patientId: '\xcc\xfc\xeb' }),
  tricky('a charset of spaces', { charset: '  ', patientId: '\xcc\xfc\xeb' }),
];
