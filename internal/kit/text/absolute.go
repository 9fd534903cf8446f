package text

import (
	"slices"
	"strings"
	"unicode"
)

// absolutes are words that advertising in China must not use of what it sells: Advertising Law (2021), Article 9, item 3, read with
// the enforcement guide of the State Administration for Market Regulation of 25 February 2023 (No. 6 of 2023). They are flagged, not
// forbidden: the guide lets some stand, as of one's own products compared with each other, and a person has to judge. As of 2026-11.
var absolutes = []string{
	"国家级", "世界级", "宇宙级", "最高级", "最佳", "最好", "最优", "最强", "最大", "最先进", "最低价", "最便宜", "最权威", "最专业", "最有效", "史上最",
	"第一品牌", "全国第一", "全网第一", "行业第一", "销量第一", "世界第一", "排名第一", "顶级", "顶尖", "极品", "王牌", "唯一", "独一无二", "绝无仅有", "独家首创",
	"史无前例", "前无古人", "万能", "百分之百", "100%有效", "永久有效", "包治", "根治", "稳赚", "保本", "零风险", "无风险",
}

// Absolutes lists the absolute advertising words in a text, each once, in simplified Chinese. Full-width signs, spaces and signs
// put between do not hide one; traditional characters are read as their simplified ones where these words use them.
func Absolutes(s string) (found []string) {
	var b strings.Builder
	for _, r := range s {
		if r >= '！' && r <= '～' { // full-width ASCII
			r -= '！' - '!'
		}
		if simple, ok := simplified[r]; ok {
			r = simple
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '%' {
			b.WriteRune(r)
		}
	}
	plain := b.String()
	for _, w := range absolutes {
		if strings.Contains(plain, w) && !slices.Contains(found, w) {
			found = append(found, w)
		}
	}
	return found
}

// simplified maps the traditional characters of the words above.
var simplified = map[rune]rune{
	'國': '国', '級': '级', '優': '优', '強': '强', '進': '进', '價': '价', '權': '权', '專': '专', '業': '业', '網': '网', '銷': '销', '頂': '顶', '極': '极',
	'獨': '独', '絕': '绝', '僅': '仅', '無': '无', '創': '创', '萬': '万', '賺': '赚', '風': '风', '險': '险',
}
