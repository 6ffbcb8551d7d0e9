#!/bin/bash
# Shell functions that tools/run, tools/test and tools/bench share; sourced, not
# run.
# Progress goes to standard error, chatter to build/log/, nothing to standard
# output: that belongs to results.

root=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
logs=$root/build/log
deps_file=$root/tools/deps.txt  # others name another for a while

# The compiler cache hits across clones: paths below the checkout are hashed as
# relative ones, and the working directory in the debug information is ignored.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

say() { printf 'tools/%s: %s\n' "$(basename "$0")" "$*" >&2; }

# Ends the script. 2 is the status for "no answer" in revstat's own contract; 1
# would read as "a certificate is revoked".
die() {
  say "$*"
  exit 2
}

# quietly LOG COMMAND...: output goes to build/log/LOG and is shown, its end
# only, when the command fails.
quietly() {
  local log=$logs/$1
  shift
  mkdir -p "$logs"
  "$@" >"$log" 2>&1 </dev/null && return
  say "failed: $*"
  tail -n 40 "$log" >&2
  say "the whole log: $log"
  return 1
}

# deps GROUP...: the packages that $deps_file lists in these groups.
deps() {
  awk -v groups=" $* " '
    /^\[/ { wanted = index(groups, " " substr($1, 2, length($1) - 2) " "); next }
    wanted && NF && !/^#/ { print $1 }' "$deps_file"
}

# missing PACKAGE...: those of the packages that are not installed.
missing() {
  local installed package
  # dpkg-query also fails when it knows only some of the packages.
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
  for package in "$@"; do
    grep -qxF "installed $package" <<<"$installed" || echo "$package"
  done
}

# Succeeds on Debian and on systems that call themselves like it.
is_debian() {
  local os_release=${REVSTAT_OS_RELEASE:-/etc/os-release}  # tests set another
  [[ -r $os_release ]] || return 1
  # shellcheck source=/dev/null
  [[ " $(. "$os_release" && echo "${ID-} ${ID_LIKE-}") " == *" debian "* ]]
}

# install_deps GROUP...: installs what is missing of these groups. Without
# anything missing it needs neither the network nor root.
install_deps() {
  local wanted absent as_root=()
  mapfile -t wanted < <(deps "$@")
  ((${#wanted[@]})) || die "$deps_file lists no package for: $*"
  if ! is_debian || ! command -v dpkg-query >/dev/null; then
    die "this is not Debian, so packages cannot be installed for you.
Install what your system has in place of these Debian 12 packages:
  ${wanted[*]}
then build by hand: cmake --preset release -DREVSTAT_TESTS=OFF -DREVSTAT_BENCH=OFF && cmake --build --preset release --target revstat"
  fi
  mapfile -t absent < <(missing "${wanted[@]}")
  ((${#absent[@]})) || return 0

  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      die "packages are missing, and there is no sudo. As root:
  apt-get install --no-install-recommends ${absent[*]}"
    as_root=(sudo)
  fi
  say "installing ${#absent[@]} packages: ${absent[*]}"
  # Waits for another apt-get to end. The terminal stays out of it, so that no
  # package asks a question; sudo asks for its password on /dev/tty.
  as_root+=(env DEBIAN_FRONTEND=noninteractive apt-get -y
    -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  # An index that cannot be fetched need not be the one that matters.
  quietly apt-update.log "${as_root[@]}" update || say "going on without"
  quietly apt-install.log "${as_root[@]}" install --no-install-recommends "${absent[@]}" ||
    die "could not install: ${absent[*]}"
}

# Shows ninja's lines as one moving line on a terminal, and not at all in a log.
show_steps() {
  local line width
  if [[ ! -t 2 ]]; then
    cat >/dev/null
    return
  fi
  width=$(tput cols 2>/dev/null || echo 80)
  while IFS= read -r line; do
    [[ $line == \[*/*\]* ]] && printf '\r\033[K%s' "${line:0:width-1}" >&2
  done
  printf '\r\033[K' >&2
}

# configure PRESET [CMAKE_OPTION...]
configure() (
  cd "$root" || exit
  quietly "$1-configure.log" cmake --preset "$@"
)

# compile PRESET TARGET
compile() {
  local log=$logs/$1-build.log
  mkdir -p "$logs"
  cmake --build "$root/build/$1" --target "$2" -j "$(nproc)" 2>&1 </dev/null |
    tee "$log" | show_steps && return
  sed -E '/^\[[0-9]+\/[0-9]+\] /d' "$log" | tail -n 60 >&2
  say "build of $1 failed; the whole log: $log"
  return 1
}

# locked PRESET COMMAND...: no two of these at a time in one build tree, so that
# `tools/run ... | tools/run ...` is fine.
locked() {
  local lock=$logs/$1.lock
  shift
  mkdir -p "$logs"
  (
    if ! flock -n 9; then
      say "waiting for another build to end"
      flock 9
    fi
    "$@" 9>&-
  ) 9>"$lock"
}
