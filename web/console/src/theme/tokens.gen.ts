// Generated from web/tokens.json by web/tokens.mjs. Do not edit.
import type { ThemeConfig } from 'antd'

export const color = {
  "light": {
    "paper": "#FAFAF7",
    "surface": "#FFFFFF",
    "raised": "#FFFFFF",
    "sunken": "#F2F2EC",
    "hover": "#F6F6F1",
    "line": "#E4E4DC",
    "edge": "#898F89",
    "ink": "#1F2937",
    "inkSoft": "#4A5462",
    "inkFaint": "#5F6875",
    "pine": "#0F766E",
    "pineHover": "#0B5F59",
    "pineActive": "#084A45",
    "pineWash": "#ECF6F4",
    "pineLine": "#9CCBC4",
    "onPine": "#FFFFFF",
    "amber": "#B45309",
    "amberWash": "#FFF4E5",
    "amberLine": "#E9C595",
    "onAmber": "#FFFFFF",
    "red": "#B42318",
    "redHover": "#912018",
    "redWash": "#FCEDEB",
    "redLine": "#EDB4AD",
    "onRed": "#FFFFFF",
    "focus": "#0F766E",
    "scrim": "rgba(31, 41, 55, 0.45)"
  },
  "dark": {
    "paper": "#101513",
    "surface": "#171E1B",
    "raised": "#1F2824",
    "sunken": "#0B0F0E",
    "hover": "#1C2421",
    "line": "#2A3531",
    "edge": "#6F7F78",
    "ink": "#E7EAE3",
    "inkSoft": "#B6C0B9",
    "inkFaint": "#93A099",
    "pine": "#55BDAE",
    "pineHover": "#74D0C3",
    "pineActive": "#3FA597",
    "pineWash": "#13302B",
    "pineLine": "#2C6259",
    "onPine": "#06201C",
    "amber": "#EDAA52",
    "amberWash": "#302410",
    "amberLine": "#6E5224",
    "onAmber": "#241703",
    "red": "#F28F82",
    "redHover": "#F7ABA1",
    "redWash": "#381D19",
    "redLine": "#7A3B33",
    "onRed": "#2B0C08",
    "focus": "#74D0C3",
    "scrim": "rgba(4, 7, 6, 0.6)"
  }
} as const

export const chart = {
  "light": [
    "#0F766E",
    "#D06A15",
    "#10358F",
    "#720046",
    "#5A5600",
    "#8B4DC8",
    "#4B97A6"
  ],
  "dark": [
    "#4DB6A8",
    "#D87C41",
    "#2367D3",
    "#955579",
    "#E7B829",
    "#B094FE",
    "#79E0F8"
  ],
  "rest": {
    "light": "#7A8079",
    "dark": "#87938D"
  },
  "ramp": {
    "light": [
      "#EDF4F2",
      "#C9E2DE",
      "#9CCBC4",
      "#5FA9A0",
      "#2A8B82",
      "#0B5F59"
    ],
    "dark": [
      "#1A2522",
      "#1B3A35",
      "#20544C",
      "#2C7469",
      "#3F998B",
      "#74D0C3"
    ]
  }
} as const

export const size = {
  "type": {
    "tiny": [
      12,
      16
    ],
    "small": [
      13,
      20
    ],
    "body": [
      14,
      20
    ],
    "read": [
      14,
      24
    ],
    "lead": [
      16,
      24
    ],
    "title": [
      20,
      28
    ],
    "figure": [
      24,
      32
    ],
    "head": [
      28,
      36
    ]
  },
  "space": {
    "1": 4,
    "2": 8,
    "3": 12,
    "4": 16,
    "5": 20,
    "6": 24,
    "8": 32,
    "10": 40,
    "12": 48,
    "16": 64
  },
  "radius": {
    "cell": 2,
    "small": 4,
    "control": 6,
    "card": 8,
    "sheet": 12
  },
  "motion": {
    "quick": 120,
    "place": 180
  }
} as const

export const family: Record<string, string> = {
  "zh-Hans": "\"PingFang SC\", \"HarmonyOS Sans SC\", \"HarmonyOS Sans\", \"Noto Sans SC\", \"Noto Sans CJK SC\", \"Microsoft YaHei UI\", \"Microsoft YaHei\", system-ui, sans-serif",
  "zh-Hant": "\"PingFang TC\", \"HarmonyOS Sans TC\", \"HarmonyOS Sans\", \"Noto Sans TC\", \"Noto Sans CJK TC\", \"Microsoft JhengHei UI\", \"Microsoft JhengHei\", system-ui, sans-serif",
  "en": "system-ui, \"Segoe UI\", \"Roboto\", \"Noto Sans\", \"PingFang SC\", \"HarmonyOS Sans SC\", \"Noto Sans SC\", \"Noto Sans CJK SC\", \"Microsoft YaHei\", sans-serif",
  "mono": "\"SF Mono\", \"Cascadia Mono\", \"JetBrains Mono\", \"Noto Sans Mono\", \"DejaVu Sans Mono\", \"Menlo\", \"Consolas\", monospace"
}

export const antdTheme: Record<'light' | 'dark', ThemeConfig> = {
  "light": {
    "hashed": false,
    "token": {
      "colorPrimary": "#0F766E",
      "colorPrimaryHover": "#0B5F59",
      "colorPrimaryActive": "#084A45",
      "colorPrimaryText": "#0F766E",
      "colorPrimaryTextHover": "#0B5F59",
      "colorPrimaryTextActive": "#084A45",
      "colorPrimaryBg": "#ECF6F4",
      "colorPrimaryBgHover": "#ECF6F4",
      "colorPrimaryBorder": "#9CCBC4",
      "colorPrimaryBorderHover": "#9CCBC4",
      "colorLink": "#0F766E",
      "colorLinkHover": "#0B5F59",
      "colorLinkActive": "#084A45",
      "controlOutline": "#ECF6F4",
      "controlItemBgActive": "#ECF6F4",
      "controlItemBgActiveHover": "#ECF6F4",
      "controlItemBgHover": "#F6F6F1",
      "colorSuccess": "#0F766E",
      "colorSuccessHover": "#0B5F59",
      "colorSuccessActive": "#0F766E",
      "colorSuccessText": "#0F766E",
      "colorSuccessTextHover": "#0B5F59",
      "colorSuccessTextActive": "#0F766E",
      "colorSuccessBg": "#ECF6F4",
      "colorSuccessBgHover": "#ECF6F4",
      "colorSuccessBorder": "#9CCBC4",
      "colorSuccessBorderHover": "#9CCBC4",
      "colorInfo": "#0F766E",
      "colorInfoHover": "#0B5F59",
      "colorInfoActive": "#0F766E",
      "colorInfoText": "#0F766E",
      "colorInfoTextHover": "#0B5F59",
      "colorInfoTextActive": "#0F766E",
      "colorInfoBg": "#ECF6F4",
      "colorInfoBgHover": "#ECF6F4",
      "colorInfoBorder": "#9CCBC4",
      "colorInfoBorderHover": "#9CCBC4",
      "colorWarning": "#B45309",
      "colorWarningHover": "#B45309",
      "colorWarningActive": "#B45309",
      "colorWarningText": "#B45309",
      "colorWarningTextHover": "#B45309",
      "colorWarningTextActive": "#B45309",
      "colorWarningBg": "#FFF4E5",
      "colorWarningBgHover": "#FFF4E5",
      "colorWarningBorder": "#E9C595",
      "colorWarningBorderHover": "#E9C595",
      "colorError": "#B42318",
      "colorErrorHover": "#912018",
      "colorErrorActive": "#B42318",
      "colorErrorText": "#B42318",
      "colorErrorTextHover": "#912018",
      "colorErrorTextActive": "#B42318",
      "colorErrorBg": "#FCEDEB",
      "colorErrorBgHover": "#FCEDEB",
      "colorErrorBorder": "#EDB4AD",
      "colorErrorBorderHover": "#EDB4AD",
      "colorTextBase": "#1F2937",
      "colorText": "#1F2937",
      "colorTextHeading": "#1F2937",
      "colorTextSecondary": "#4A5462",
      "colorTextTertiary": "#5F6875",
      "colorTextDescription": "#5F6875",
      "colorTextPlaceholder": "#5F6875",
      "colorTextQuaternary": "#5F6875",
      "colorTextDisabled": "#898F89",
      "colorIcon": "#4A5462",
      "colorIconHover": "#1F2937",
      "colorTextLightSolid": "#FFFFFF",
      "colorWhite": "#FFFFFF",
      "colorBgBase": "#FFFFFF",
      "colorBgContainer": "#FFFFFF",
      "colorBgContainerDisabled": "#F2F2EC",
      "colorBgElevated": "#FFFFFF",
      "colorBgLayout": "#FAFAF7",
      "colorBgSpotlight": "#1F2937",
      "colorBgMask": "rgba(31, 41, 55, 0.45)",
      "colorBorder": "#898F89",
      "colorBorderDisabled": "#E4E4DC",
      "colorBorderSecondary": "#E4E4DC",
      "colorSplit": "#E4E4DC",
      "colorFill": "#E4E4DC",
      "colorFillSecondary": "#F2F2EC",
      "colorFillTertiary": "#F2F2EC",
      "colorFillQuaternary": "#F6F6F1",
      "fontFamily": "var(--q-face)",
      "fontFamilyCode": "var(--q-mono)",
      "fontSize": 14,
      "fontSizeSM": 12,
      "fontSizeLG": 16,
      "fontSizeHeading1": 28,
      "fontSizeHeading2": 24,
      "fontSizeHeading3": 20,
      "fontSizeHeading4": 16,
      "fontSizeHeading5": 14,
      "lineHeight": 1.4285714285714286,
      "lineHeightSM": 1.3333333333333333,
      "lineHeightLG": 1.5,
      "fontWeightStrong": 600,
      "sizeUnit": 4,
      "sizeStep": 4,
      "controlHeight": 32,
      "controlHeightSM": 24,
      "controlHeightLG": 40,
      "borderRadius": 6,
      "borderRadiusSM": 4,
      "borderRadiusXS": 2,
      "borderRadiusLG": 8,
      "boxShadow": "0 1px 2px rgba(31, 41, 55, 0.06), 0 8px 24px rgba(31, 41, 55, 0.10)",
      "boxShadowSecondary": "0 1px 2px rgba(31, 41, 55, 0.06), 0 8px 24px rgba(31, 41, 55, 0.10)",
      "boxShadowTertiary": "none",
      "motionDurationFast": "0.12s",
      "motionDurationMid": "0.12s",
      "motionDurationSlow": "0.18s"
    },
    "components": {
      "Button": {
        "primaryShadow": "none",
        "defaultShadow": "none",
        "dangerShadow": "none",
        "primaryColor": "#FFFFFF",
        "dangerColor": "#FFFFFF",
        "fontWeight": 400,
        "defaultBg": "#FFFFFF",
        "contentFontSizeSM": 13
      },
      "Input": {
        "activeShadow": "0 0 0 2px #ECF6F4"
      },
      "Modal": {
        "titleFontSize": 16,
        "titleLineHeight": 1.5
      },
      "Segmented": {
        "trackBg": "#F2F2EC",
        "itemSelectedBg": "#FFFFFF",
        "itemColor": "#4A5462",
        "itemSelectedColor": "#0F766E"
      },
      "Select": {
        "optionSelectedBg": "#ECF6F4",
        "optionSelectedColor": "#1F2937",
        "optionActiveBg": "#F6F6F1"
      },
      "Form": {
        "labelColor": "#1F2937",
        "labelFontSize": 14,
        "itemMarginBottom": 20,
        "verticalLabelPadding": "0 0 4px"
      },
      "DatePicker": {
        "colorTextDisabled": "#5F6875"
      },
      "Tooltip": {
        "colorTextLightSolid": "#FFFFFF"
      }
    }
  },
  "dark": {
    "hashed": false,
    "token": {
      "colorPrimary": "#55BDAE",
      "colorPrimaryHover": "#74D0C3",
      "colorPrimaryActive": "#3FA597",
      "colorPrimaryText": "#55BDAE",
      "colorPrimaryTextHover": "#74D0C3",
      "colorPrimaryTextActive": "#3FA597",
      "colorPrimaryBg": "#13302B",
      "colorPrimaryBgHover": "#13302B",
      "colorPrimaryBorder": "#2C6259",
      "colorPrimaryBorderHover": "#2C6259",
      "colorLink": "#55BDAE",
      "colorLinkHover": "#74D0C3",
      "colorLinkActive": "#3FA597",
      "controlOutline": "#13302B",
      "controlItemBgActive": "#13302B",
      "controlItemBgActiveHover": "#13302B",
      "controlItemBgHover": "#1C2421",
      "colorSuccess": "#55BDAE",
      "colorSuccessHover": "#74D0C3",
      "colorSuccessActive": "#55BDAE",
      "colorSuccessText": "#55BDAE",
      "colorSuccessTextHover": "#74D0C3",
      "colorSuccessTextActive": "#55BDAE",
      "colorSuccessBg": "#13302B",
      "colorSuccessBgHover": "#13302B",
      "colorSuccessBorder": "#2C6259",
      "colorSuccessBorderHover": "#2C6259",
      "colorInfo": "#55BDAE",
      "colorInfoHover": "#74D0C3",
      "colorInfoActive": "#55BDAE",
      "colorInfoText": "#55BDAE",
      "colorInfoTextHover": "#74D0C3",
      "colorInfoTextActive": "#55BDAE",
      "colorInfoBg": "#13302B",
      "colorInfoBgHover": "#13302B",
      "colorInfoBorder": "#2C6259",
      "colorInfoBorderHover": "#2C6259",
      "colorWarning": "#EDAA52",
      "colorWarningHover": "#EDAA52",
      "colorWarningActive": "#EDAA52",
      "colorWarningText": "#EDAA52",
      "colorWarningTextHover": "#EDAA52",
      "colorWarningTextActive": "#EDAA52",
      "colorWarningBg": "#302410",
      "colorWarningBgHover": "#302410",
      "colorWarningBorder": "#6E5224",
      "colorWarningBorderHover": "#6E5224",
      "colorError": "#F28F82",
      "colorErrorHover": "#F7ABA1",
      "colorErrorActive": "#F28F82",
      "colorErrorText": "#F28F82",
      "colorErrorTextHover": "#F7ABA1",
      "colorErrorTextActive": "#F28F82",
      "colorErrorBg": "#381D19",
      "colorErrorBgHover": "#381D19",
      "colorErrorBorder": "#7A3B33",
      "colorErrorBorderHover": "#7A3B33",
      "colorTextBase": "#E7EAE3",
      "colorText": "#E7EAE3",
      "colorTextHeading": "#E7EAE3",
      "colorTextSecondary": "#B6C0B9",
      "colorTextTertiary": "#93A099",
      "colorTextDescription": "#93A099",
      "colorTextPlaceholder": "#93A099",
      "colorTextQuaternary": "#93A099",
      "colorTextDisabled": "#6F7F78",
      "colorIcon": "#B6C0B9",
      "colorIconHover": "#E7EAE3",
      "colorTextLightSolid": "#06201C",
      "colorWhite": "#06201C",
      "colorBgBase": "#171E1B",
      "colorBgContainer": "#171E1B",
      "colorBgContainerDisabled": "#0B0F0E",
      "colorBgElevated": "#1F2824",
      "colorBgLayout": "#101513",
      "colorBgSpotlight": "#B6C0B9",
      "colorBgMask": "rgba(4, 7, 6, 0.6)",
      "colorBorder": "#6F7F78",
      "colorBorderDisabled": "#2A3531",
      "colorBorderSecondary": "#2A3531",
      "colorSplit": "#2A3531",
      "colorFill": "#2A3531",
      "colorFillSecondary": "#0B0F0E",
      "colorFillTertiary": "#0B0F0E",
      "colorFillQuaternary": "#1C2421",
      "fontFamily": "var(--q-face)",
      "fontFamilyCode": "var(--q-mono)",
      "fontSize": 14,
      "fontSizeSM": 12,
      "fontSizeLG": 16,
      "fontSizeHeading1": 28,
      "fontSizeHeading2": 24,
      "fontSizeHeading3": 20,
      "fontSizeHeading4": 16,
      "fontSizeHeading5": 14,
      "lineHeight": 1.4285714285714286,
      "lineHeightSM": 1.3333333333333333,
      "lineHeightLG": 1.5,
      "fontWeightStrong": 600,
      "sizeUnit": 4,
      "sizeStep": 4,
      "controlHeight": 32,
      "controlHeightSM": 24,
      "controlHeightLG": 40,
      "borderRadius": 6,
      "borderRadiusSM": 4,
      "borderRadiusXS": 2,
      "borderRadiusLG": 8,
      "boxShadow": "0 1px 2px rgba(0, 0, 0, 0.5), 0 8px 24px rgba(0, 0, 0, 0.5)",
      "boxShadowSecondary": "0 1px 2px rgba(0, 0, 0, 0.5), 0 8px 24px rgba(0, 0, 0, 0.5)",
      "boxShadowTertiary": "none",
      "motionDurationFast": "0.12s",
      "motionDurationMid": "0.12s",
      "motionDurationSlow": "0.18s"
    },
    "components": {
      "Button": {
        "primaryShadow": "none",
        "defaultShadow": "none",
        "dangerShadow": "none",
        "primaryColor": "#06201C",
        "dangerColor": "#2B0C08",
        "fontWeight": 400,
        "defaultBg": "#171E1B",
        "contentFontSizeSM": 13
      },
      "Input": {
        "activeShadow": "0 0 0 2px #13302B"
      },
      "Modal": {
        "titleFontSize": 16,
        "titleLineHeight": 1.5
      },
      "Segmented": {
        "trackBg": "#0B0F0E",
        "itemSelectedBg": "#171E1B",
        "itemColor": "#B6C0B9",
        "itemSelectedColor": "#55BDAE"
      },
      "Select": {
        "optionSelectedBg": "#13302B",
        "optionSelectedColor": "#E7EAE3",
        "optionActiveBg": "#1C2421"
      },
      "Form": {
        "labelColor": "#E7EAE3",
        "labelFontSize": 14,
        "itemMarginBottom": 20,
        "verticalLabelPadding": "0 0 4px"
      },
      "DatePicker": {
        "colorTextDisabled": "#93A099"
      },
      "Tooltip": {
        "colorTextLightSolid": "#0B0F0E"
      }
    }
  }
}
