// What is pictured, and what is done before the picture is taken.

export const scenes = [
  { name: 'numbers', path: 'gallery', wait: 1500 },
  { name: 'list', path: 'gallery/list' },
  { name: 'list-picked', path: 'gallery/list?f.city=杭州,成都,上海&seg=follow', act: pickThree },
  { name: 'list-empty', path: 'gallery/list/empty' },
  { name: 'list-error', path: 'gallery/list/error', wait: 4000 },
  { name: 'list-loading', path: 'gallery/list/loading' },
  { name: 'pieces', path: 'gallery/pieces' },
  { name: 'chat', path: 'gallery/chat' },
  { name: 'palette', path: 'gallery', act: openPalette, high: false },
  { name: 'menu', path: 'gallery', act: openMenu, high: false },
  { name: 'confirm', path: 'gallery/pieces', act: openConfirm, high: false },
  {
    name: 'reveal',
    path: 'gallery/pieces',
    act: (page) =>
      page
        .getByRole('button', { name: /手机号|Show/ })
        .first()
        .click(),
    high: false,
  },
  { name: 'select', path: 'gallery/pieces', act: openSelect, high: false },
  { name: 'date', path: 'gallery/pieces', act: openDate, high: false },
  { name: 'toasts', path: 'gallery/pieces', act: showToasts, high: false },
  {
    name: 'columns',
    path: 'gallery/list',
    act: (page) => page.getByRole('button', { name: /^(列|Columns|欄)$/ }).click(),
    high: false,
  },
  { name: 'filter', path: 'gallery/list?f.spent=100..', act: openFilter, high: false },
  { name: 'keys', path: 'gallery', act: (page) => page.keyboard.press('?'), high: false },
  { name: 'sign-in', path: 'sign-in' },
  { name: 'sign-in-wrong', path: 'sign-in', act: signInWrong },
  { name: 'sign-in-code', path: 'sign-in', act: signIn },
  { name: 'invitation', path: 'invitations/abc' },
  { name: 'reset', path: 'resets/abc' },
  { name: 'setup-owner', path: 'setup?token=t', setup: true },
  { name: 'setup-community', path: 'setup?token=t', setup: true, act: (page) => setupTo(page, 1) },
  { name: 'setup-playbook', path: 'setup?token=t', setup: true, act: (page) => setupTo(page, 2) },
  { name: 'setup-finished', path: 'setup?token=t', setup: true, act: (page) => setupTo(page, 3) },
  { name: 'account', path: 'account', who: 'operator' },
  { name: 'totp', path: 'account/totp', who: 'operator', act: (page) => page.locator('main button').first().click() },
  { name: 'recovery', path: 'account/totp', who: 'operator', act: enrol },
  { name: 'settings', path: 'c/mothers/settings', who: 'operator' },
  { name: 'missing', path: 'c/mothers/nothing', who: 'operator' },
]

async function pickThree(page) {
  for (const i of [0, 2, 3]) await page.locator('[data-row-pick]').nth(i).click()
}
async function openPalette(page) {
  await page.keyboard.press('Control+k')
  await page.keyboard.type('李')
  await page.waitForTimeout(500)
}
async function openMenu(page, width) {
  if (width < 960) await page.getByRole('button', { expanded: false }).first().click()
  await page.locator('aside button[aria-expanded]').last().click()
}
async function openConfirm(page) {
  await page.getByRole('button', { name: '解散群' }).click()
  await page.waitForTimeout(400)
}
async function signIn(page, _width, email = 'zhoumin@example.cn') {
  await page.locator('input[type=email]').fill(email)
  await page.locator('input[type=password]').fill('一句很长的话')
  await page.locator('button[type=submit]').click()
  await page.waitForTimeout(400)
}
function signInWrong(page, width) {
  return signIn(page, width, 'wrong@example.cn')
}
async function setupTo(page, step) {
  const go = () => page.locator('main button[type=submit]').click()
  await page.locator('#operator_name').fill('周敏')
  await page.locator('#operator_email').fill('zhoumin@example.cn')
  await page.locator('#operator_password').fill('十月怀胎一朝分娩的妈妈')
  await go()
  await page.locator('#community_name').fill('十月妈妈圈')
  await page.locator('#community_slug').fill('mothers')
  if (step > 1) await go()
  if (step > 2) await page.locator('input[type=radio]').first().waitFor().then(go)
  await page.waitForTimeout(300)
}
async function openSelect(page) {
  await page.locator('.ant-select').last().click()
  await page.waitForTimeout(400)
}
async function openDate(page) {
  await page.locator('.ant-picker').click()
  await page.waitForTimeout(400)
}
async function showToasts(page) {
  for (const name of ['done', 'undo', 'problem', 'jobs']) await page.getByRole('button', { name, exact: true }).click()
  await page.waitForTimeout(300)
}
async function openFilter(page) {
  await page.getByRole('button', { name: /^(筛选|Filter|篩選)$/ }).click()
  await page.getByRole('button', { name: '城市', exact: true }).click()
  await page.waitForTimeout(400)
}
async function enrol(page) {
  await page.locator('main button').first().click()
  await page.locator('main input').fill('123456')
  await page.waitForTimeout(300)
}
