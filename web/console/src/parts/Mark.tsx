/** The mark: 众, three people, which is how many voices become one. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" fill="var(--q-pine)" />
      <g fill="none" stroke="var(--q-on-pine)" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round">
        <path d="M16 6.4c-.4 3.6-2 6.4-4.6 8.2M16.1 9c.9 2.5 2.3 4.3 4.5 5.6" />
        <path d="M10.2 17.2c-.3 3.4-1.5 6-3.9 8M10.3 19.7c.8 2.3 2 4 3.9 5.3" />
        <path d="M21.8 17.2c-.3 3.4-1.5 6-3.9 8M21.9 19.7c.8 2.3 2 4 3.9 5.3" />
      </g>
    </svg>
  )
}
