// Turns the tokens into Ant Design's ThemeConfig. Map tokens are set outright instead of being derived by its colour
// algorithms: the dark theme is our own palette, not an inversion of the light one.

export function antdTheme(tokens, theme) {
  const c = tokens.color[theme]
  const { radius, motion } = tokens
  const type = tokens.type.console
  const ratio = ([size, line]) => line / size
  const shadow = tokens.shadow[theme].raised

  const brand = {
    colorPrimary: c.pine,
    colorPrimaryHover: c.pineHover,
    colorPrimaryActive: c.pineActive,
    colorPrimaryText: c.pine,
    colorPrimaryTextHover: c.pineHover,
    colorPrimaryTextActive: c.pineActive,
    colorPrimaryBg: c.pineWash,
    colorPrimaryBgHover: c.pineWash,
    colorPrimaryBorder: c.pineLine,
    colorPrimaryBorderHover: c.pineLine,
    colorLink: c.pine,
    colorLinkHover: c.pineHover,
    colorLinkActive: c.pineActive,
    controlOutline: c.pineWash,
    controlItemBgActive: c.pineWash,
    controlItemBgActiveHover: c.pineWash,
    controlItemBgHover: c.hover,
  }
  const tone = (name, fg, hover, bg, border) => ({
    [`color${name}`]: fg,
    [`color${name}Hover`]: hover,
    [`color${name}Active`]: fg,
    [`color${name}Text`]: fg,
    [`color${name}TextHover`]: hover,
    [`color${name}TextActive`]: fg,
    [`color${name}Bg`]: bg,
    [`color${name}BgHover`]: bg,
    [`color${name}Border`]: border,
    [`color${name}BorderHover`]: border,
  })
  const tones = {
    ...tone('Success', c.pine, c.pineHover, c.pineWash, c.pineLine),
    ...tone('Info', c.pine, c.pineHover, c.pineWash, c.pineLine),
    ...tone('Warning', c.amber, c.amber, c.amberWash, c.amberLine),
    ...tone('Error', c.red, c.redHover, c.redWash, c.redLine),
  }
  const neutral = {
    colorTextBase: c.ink,
    colorText: c.ink,
    colorTextHeading: c.ink,
    colorTextSecondary: c.inkSoft,
    colorTextTertiary: c.inkFaint,
    colorTextDescription: c.inkFaint,
    colorTextPlaceholder: c.inkFaint,
    colorTextQuaternary: c.inkFaint,
    colorTextDisabled: c.edge,
    colorIcon: c.inkSoft,
    colorIconHover: c.ink,
    colorTextLightSolid: c.onPine,
    colorWhite: theme === 'light' ? '#FFFFFF' : c.onPine,
    colorBgBase: c.surface,
    colorBgContainer: c.surface,
    colorBgContainerDisabled: c.sunken,
    colorBgElevated: c.raised,
    colorBgLayout: c.paper,
    // Tooltips are ink on light and paper on dark: the one place where the two themes change sides.
    colorBgSpotlight: theme === 'light' ? c.ink : c.inkSoft,
    colorBgMask: c.scrim,
    colorBorder: c.edge,
    colorBorderDisabled: c.line,
    colorBorderSecondary: c.line,
    colorSplit: c.line,
    colorFill: c.line,
    colorFillSecondary: c.sunken,
    colorFillTertiary: c.sunken,
    colorFillQuaternary: c.hover,
  }
  const shape = {
    fontFamily: 'var(--q-face)',
    fontFamilyCode: 'var(--q-mono)',
    fontSize: type.body[0],
    fontSizeSM: type.tiny[0],
    fontSizeLG: type.lead[0],
    fontSizeHeading1: type.head[0],
    fontSizeHeading2: type.figure[0],
    fontSizeHeading3: type.title[0],
    fontSizeHeading4: type.lead[0],
    fontSizeHeading5: type.body[0],
    lineHeight: ratio(type.body),
    lineHeightSM: ratio(type.tiny),
    lineHeightLG: ratio(type.lead),
    fontWeightStrong: tokens.weight.strong,
    sizeUnit: 4,
    sizeStep: 4,
    controlHeight: 32,
    controlHeightSM: 24,
    controlHeightLG: 40,
    borderRadius: radius.control,
    borderRadiusSM: radius.small,
    borderRadiusXS: radius.cell,
    borderRadiusLG: radius.card,
    boxShadow: shadow,
    boxShadowSecondary: shadow,
    boxShadowTertiary: 'none',
    motionDurationFast: `${motion.quick / 1000}s`,
    motionDurationMid: `${motion.quick / 1000}s`,
    motionDurationSlow: `${motion.place / 1000}s`,
  }
  const components = {
    Button: {
      primaryShadow: 'none',
      defaultShadow: 'none',
      dangerShadow: 'none',
      primaryColor: c.onPine,
      dangerColor: c.onRed,
      fontWeight: tokens.weight.normal,
      defaultBg: c.surface,
      contentFontSizeSM: type.small[0],
    },
    Input: { activeShadow: `0 0 0 2px ${c.pineWash}` },
    Modal: { titleFontSize: type.lead[0], titleLineHeight: ratio(type.lead) },
    Segmented: { trackBg: c.sunken, itemSelectedBg: c.surface, itemColor: c.inkSoft, itemSelectedColor: c.pine },
    Select: { optionSelectedBg: c.pineWash, optionSelectedColor: c.ink, optionActiveBg: c.hover },
    Form: { labelColor: c.ink, labelFontSize: type.body[0], itemMarginBottom: 20, verticalLabelPadding: '0 0 4px' },
    // Days of the neighbouring months can be chosen: they are faint, not disabled.
    DatePicker: { colorTextDisabled: c.inkFaint },
    Tooltip: { colorTextLightSolid: theme === 'light' ? '#FFFFFF' : c.sunken },
  }
  return {
    hashed: false,
    token: { ...brand, ...tones, ...neutral, ...shape },
    components,
  }
}
