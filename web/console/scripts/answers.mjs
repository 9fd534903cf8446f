// What the server would say to the sign-in, setup and account pages, for pictures without a server.

const problem = (status, code, title, next) => ({
  status,
  contentType: 'application/problem+json',
  json: { type: 'about:blank', status, code, title, next, id: '01J9ZC4Y8Q2M' },
})
const playbooks = [
  {
    name: 'mothers',
    title: { 'zh-Hans': '母婴社群' },
    about: { 'zh-Hans': '备孕、孕期、育儿三段，按日期自动换群；预约开门、实名登记、活码入群，课代表带班。' },
  },
  {
    name: 'operators',
    title: { 'zh-Hans': '操盘手俱乐部' },
    about: { 'zh-Hans': '年度会员分波次开售，线上逐字稿分享，亲友票带新，只看三个服务率。' },
  },
  {
    name: 'academy',
    title: { 'zh-Hans': '创始人学院' },
    about: { 'zh-Hans': '两档会员，四层承接，每位会员有专属服务群，大厅重规则、轻运营。' },
  },
  {
    name: 'accelerator',
    title: { 'zh-Hans': '导师与创业者' },
    about: { 'zh-Hans': '以参与为先，按价值行为识别骨干，从免费到共享收益的五级阶梯。' },
  },
  {
    name: 'course',
    title: { 'zh-Hans': '小众技术课' },
    about: { 'zh-Hans': '文章与公开课引来基础群，想学的人进转化群，一个月内成交。' },
  },
]
const square =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 21 21"><path d="M0 0h7v7H0zM14 0h7v7h-7zM0 14h7v7H0zM9 2h3v3H9zM9 9h5v4H9zM16 12h4v7h-4zM10 15h3v5h-3z"/></svg>'
const operator = { id: 'op1', name: '周敏', email: 'zhoumin@example.cn', totp: false, installer: true }
const community = {
  id: 'c1',
  slug: 'mothers',
  name: { 'zh-Hans': '十月妈妈圈' },
  lang: 'zh-Hans',
  roles: ['owner'],
  zone: 'Asia/Shanghai',
  playbook: 'mothers',
}

const recovery = Array.from({ length: 10 }, (_, i) => `${(i * 7919 + 4096).toString(16)}-9c${i}e-41b${i}-d0${i}7`)
const invitation = {
  community: 'mothers',
  name: { 'zh-Hans': '十月妈妈圈' },
  email: 'liqian@example.cn',
  invited: '李倩',
  roles: ['service', 'content'],
  has_password: false,
}
const session = { operator, mfa: false, communities: [community] }

/** What the server would say; `who` is the state of the session. */
export function answers({ who = 'nobody', setup = false }) {
  return async (route) => {
    const request = route.request()
    const { pathname } = new URL(request.url())
    const is = (method, path) => request.method() === method && pathname === `/api/v1/${path}`
    if (is('GET', 'session')) {
      return who === 'operator'
        ? route.fulfill({ json: session })
        : route.fulfill(problem(401, 'operator.unknown', '没有登录'))
    }
    if (is('POST', 'session')) {
      const { email } = request.postDataJSON()
      return email.startsWith('wrong')
        ? route.fulfill(
            problem(401, 'operator.credentials', '邮箱或密码不对。', '请核对后再试；连错 10 次会锁定 15 分钟。'),
          )
        : route.fulfill(problem(401, 'operator.code_needed', '需要验证码'))
    }
    if (is('POST', 'session/totp'))
      return route.fulfill({ json: { secret: 'JBSWY3DPEHPK3PXPJBSWY3DP', uri: 'otpauth://', qr_svg: square } })
    if (is('PUT', 'session/totp'))
      return route.fulfill({ json: { operator: { ...operator, totp: true }, recovery_codes: recovery } })
    if (is('GET', 'invitations/abc')) return route.fulfill({ json: invitation })
    if (is('GET', 'setup')) return route.fulfill({ json: { needed: setup, playbooks } })
    if (is('POST', 'setup')) {
      const entry = { title: '第一个入口', url: 'https://q.example.cn/e/7Hk2', qr_svg: square }
      return route.fulfill({ json: { session, community, first_entry: entry } })
    }
    return route.fulfill(problem(404, 'page.unknown', '没有这个地址'))
  }
}
