import type { Label, Lang } from '../api/types.ts';
import { en } from './en.ts';
import { type Key, ko } from './ko.ts';

export type { Key } from './ko.ts';
export const LANGS: readonly Lang[] = ['ko', 'en'];
export const dictionaries: Record<Lang, Record<Key, string>> = { ko, en };

const LOCALE: Record<Lang, string> = { ko: 'ko-KR', en: 'en-GB' };
const PLACEHOLDER = /\{(\w+)(?:\|([^/}]+)\/([^}]+))?\}/g;

export type Words = Record<string, string>;

/** The sentence for `key`, with its words filled in. */
export function t(lang: Lang, key: Key, words: Words = {}): string {
  return dictionaries[lang][key].replace(PLACEHOLDER, (_, name, closed, open) => {
    const word = words[name] ?? '';
    return closed === undefined ? word : word + (endsClosed(word) ? closed : open);
  });
}

/** A server's label; where one language is missing the other is better than nothing. */
export function label(lang: Lang, text: Label | null | undefined, fallback = ''): string {
  return text?.[lang] || text?.ko || text?.en || fallback;
}

/** Does the word end in a closed syllable, so that 은 and 이 follow rather than 는 and 가? */
export function endsClosed(word: string): boolean {
  const last =
    word
      .trim()
      .replace(/[)\]」"']+$/, '')
      .at(-1) ?? '';
  const code = last.charCodeAt(0);
  if (code >= 0xac00 && code <= 0xd7a3) return (code - 0xac00) % 28 !== 0;
  return /[013678lmnrLMNR]/.test(last);
}

export function count(lang: Lang, value: number): string {
  return new Intl.NumberFormat(LOCALE[lang]).format(value);
}

/** Metres as people say them: 8.4 m, 83 m, 1.24 km. */
export function metres(lang: Lang, value: number): string {
  const [size, unit] = value >= 999.5 ? [value / 1000, 'km'] : [value, 'm'];
  const digits = unit === 'km' ? (size < 100 ? 2 : 0) : size < 10 ? 1 : 0;
  return `${new Intl.NumberFormat(LOCALE[lang], { maximumFractionDigits: digits }).format(size)} ${unit}`;
}

/** A radius as it was typed: 500 m, 1,500 m. It is never rounded, for it is the question. */
export function radius(lang: Lang, value: number): string {
  return `${new Intl.NumberFormat(LOCALE[lang], { maximumFractionDigits: 3 }).format(value)} m`;
}

/** A quantity with its unit; as delivered but for the thousands. */
export function quantity(lang: Lang, value: number, unit: string): string {
  return `${new Intl.NumberFormat(LOCALE[lang], { maximumFractionDigits: 6 }).format(value)} ${unit}`;
}

/** The time of day, and the day as well where it is another one. */
export function clock(lang: Lang, value: string, now = new Date()): string {
  const date = new Date(value);
  if (date.toDateString() !== now.toDateString()) return time(lang, value);
  return new Intl.DateTimeFormat(LOCALE[lang], { timeStyle: 'short', hour12: false }).format(date);
}

export function time(lang: Lang, value: string | Date): string {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return String(value);
  return new Intl.DateTimeFormat(LOCALE[lang], {
    dateStyle: 'medium',
    timeStyle: 'short',
    hour12: false,
  }).format(date);
}
