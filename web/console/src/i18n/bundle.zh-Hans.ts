import antd from 'antd/es/locale/zh_CN'
import 'dayjs/locale/zh-cn'
import type { Bundle } from './catalogue'
import { byNamespace } from './namespaces'

const files = import.meta.glob<Record<string, string>>('../locales/zh-Hans/*.json', { eager: true, import: 'default' })

const bundle: Bundle = { messages: byNamespace(files), antd, dates: 'zh-cn' }
export default bundle
