/**
 * The form in which a searchable text is stored and compared: different texts have different forms, and each form is valid UTF-8, which a text with
 * a lone surrogate is not.
 */
export function searchable(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
