/**
 * Cuts a text to a width by measuring it. On the graph's plane no box may clip what is in it: with hundreds of clips the browser takes the
 * plane apart into as many pieces, and puts them together anew for each frame in which it is moved.
 */
const ELLIPSIS = '…';
const FAMILY = 'Inter, system-ui, sans-serif';

let context: CanvasRenderingContext2D | null | undefined;

/** In CSS pixels; a font such as `600 13px`. */
export function textWidth(text: string, font: string): number {
  context ??= document.createElement('canvas').getContext('2d');
  if (!context) return 0;
  context.font = `${font} ${FAMILY}`;
  return context.measureText(text).width;
}

/** The text, or as much of its beginning as has room before an ellipsis. */
export function fitText(text: string, widthMax: number, font: string): string {
  if (textWidth(text, font) <= widthMax) return text;
  let [fits, tooLong] = [0, text.length];
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (textWidth(`${text.slice(0, middle)}${ELLIPSIS}`, font) <= widthMax) fits = middle;
    else tooLong = middle;
  }
  return `${text.slice(0, fits)}${ELLIPSIS}`;
}
