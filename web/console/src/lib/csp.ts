/** The nonce of the page's Content-Security-Policy, which style elements made at run time must carry. */
export function cspNonce(): string | undefined {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')
  // Browsers hide the nonce attribute from scripts' getAttribute but not from the property.
  return meta?.content || document.querySelector<HTMLElement>('script[nonce], style[nonce]')?.nonce || undefined
}
