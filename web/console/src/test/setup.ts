// What jsdom lacks and the tests need.
import { cleanup, configure } from '@testing-library/react'
import { afterEach, beforeEach } from 'vitest'
import { setLanguage } from '~/i18n'

// Looking up by role computes every style on the way to find out what is hidden: minutes, for nothing that is tested here.
// And the machine may be busy with other work: waiting longer costs nothing when it is not.
configure({ defaultHidden: true, asyncUtilTimeout: 10_000 })

// Ant Design measures and matches; there is nothing to measure here.
window.matchMedia ??= (query) =>
  ({
    matches: false,
    media: query,
    addEventListener() {},
    removeEventListener() {},
    addListener() {},
    removeListener() {},
  }) as unknown as MediaQueryList
window.scrollTo = () => {}
Element.prototype.scrollIntoView ??= () => {}
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
}

beforeEach(async () => {
  localStorage.clear()
  sessionStorage.clear()
  await setLanguage('zh-Hans', false)
})
afterEach(cleanup)
