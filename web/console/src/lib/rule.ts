/** A form's rule: what is typed has to be good, or the field says what is wrong. */
export const rule = (wrong: string, good: (text: string) => boolean) => ({
  validator: (_: unknown, text?: string) => (good(text ?? '') ? Promise.resolve() : Promise.reject(new Error(wrong))),
})
