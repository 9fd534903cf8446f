#!/usr/bin/env bash
# Sees to it that the system has what the tests need, and installs what is missing (Debian, as root). Without root it says
# what to install and ends with 2.
#   scripts/need.sh [postgres] [browser] [office]     the first two when none is named
set -euo pipefail

missing=()

need_postgres() {
  if ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && ! command -v initdb >/dev/null; then
    missing+=(postgresql)
  fi
}

# A browser, a reader of QR codes, and a small font with every Chinese character (WenQuanYi Micro Hei, 1.6 MB; Noto is 57 MB).
need_browser() {
  command -v chromium >/dev/null || missing+=(chromium)
  command -v zbarimg >/dev/null || missing+=(zbar-tools)
  chinese_font || missing+=(fonts-wqy-microhei)
}

# A spreadsheet, to open what is exported.
need_office() {
  command -v soffice >/dev/null || missing+=(libreoffice-calc)
}

chinese_font() {
  [[ -n $(find /usr/share/fonts ~/.fonts ~/.local/share/fonts -iname 'wqy-*.tt[cf]' -o -iname 'Noto*CJK*' -o -iname 'SourceHan*' 2>/dev/null | head -1) ]]
}

if (($# == 0)); then set -- postgres browser; fi
for part; do
  case $part in
    postgres) need_postgres ;;
    browser) need_browser ;;
    office) need_office ;;
    *)
      echo "need.sh: unknown part $part" >&2
      exit 2
      ;;
  esac
done

if ((${#missing[@]} == 0)); then exit 0; fi

install=(apt-get install -y --no-install-recommends "${missing[@]}")
if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
  echo 'The tests need parts that this system lacks. Install them and run again:' >&2
  echo "  sudo ${install[*]}" >&2
  exit 2
fi

echo "Installing ${missing[*]} …"
log=$(mktemp)
no_cluster=/etc/postgresql-common/createcluster.d/qunce.conf # Debian would make and start a server of its own
trap 'rm -f "$log" "$no_cluster"' EXIT
mkdir -p "${no_cluster%/*}"
echo 'create_main_cluster = false' >"$no_cluster"
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update && "${install[@]}"; } >"$log" 2>&1; then
  tail -20 "$log" >&2
  echo "need.sh: could not run: ${install[*]}" >&2
  exit 2
fi
