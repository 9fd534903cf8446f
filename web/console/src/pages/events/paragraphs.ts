// A script as one writes it, a text with an empty line between paragraphs, and as it is played.
import type { Schemas } from '~/api/community'

type Paragraph = Schemas['RoomParagraph']

/** Slides by the words of the paragraph that they stand with, so that they stay with it when others are written before it. */
export type Slides = Record<string, string>

export const textOf = (paragraphs: Paragraph[]): string => paragraphs.map((p) => p.text).join('\n\n')

export const slidesOf = (paragraphs: Paragraph[]): Slides =>
  Object.fromEntries(paragraphs.filter((p) => p.slide).map((p) => [p.text, p.slide ?? '']))

/** Paragraphs of a text, without blank ones; several empty lines are one break. */
export function paragraphsOf(text: string, slides: Slides): Paragraph[] {
  return text
    .replaceAll('\r\n', '\n')
    .split(/\n[^\S\n]*\n/)
    .map((p) => p.trim())
    .filter((p) => p !== '')
    .map((p) => (slides[p] ? { text: p, slide: slides[p] } : { text: p }))
}

/** Paragraphs with where they stand; the first is 1. */
export const numbered = (paragraphs: Paragraph[]) => paragraphs.map((p, i) => ({ ...p, n: i + 1 }))
