/**
 * Owns the question whether a key stroke belongs to the composition of Chinese, Japanese or Korean text. Pure.
 */

interface KeyStroke {
  readonly keyCode: number
  readonly nativeEvent: { readonly isComposing: boolean }
}

/**
 * Whether this is a key that the input method takes, such as the Enter that accepts a candidate. Safari ends the
 * composition before that Enter and then says `isComposing: false`; what it still has is the code 229.
 */
export const isComposing = ({ keyCode, nativeEvent }: KeyStroke): boolean => nativeEvent.isComposing || keyCode === 229
