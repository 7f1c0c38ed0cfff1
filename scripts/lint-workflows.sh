#!/usr/bin/env bash
# scripts/lint-workflows.sh: has two linters look at the workflows: actionlint at their syntax, zizmor at their security. Each is found, or installed at a pinned version below .cache/, or skipped with a line.
set -euo pipefail
cd "$(dirname "$0")/.."

ACTIONLINT=v1.7.12
cache="$PWD/.cache/workflow-linters"

# The Go module proxy's checksum database vouches for the content.
if ! actionlint=$(command -v actionlint); then
  actionlint="$cache/$ACTIONLINT/actionlint"
  if [ ! -x "$actionlint" ] && command -v go >/dev/null; then
    GOBIN="$cache/$ACTIONLINT" go install "github.com/rhysd/actionlint/cmd/actionlint@$ACTIONLINT" >/dev/null 2>&1 || true
  fi
fi
if [ -x "$actionlint" ]; then
  "$actionlint"
  echo 'actionlint: nothing to report'
else
  echo 'skipped: actionlint is not here, and could not be installed (it needs Go)'
fi

# Mind that a virtual environment cannot be moved: the mark comes last.
if ! zizmor=$(command -v zizmor); then
  requirements=scripts/lint-workflows.requirements.txt
  folder="$cache/zizmor-$(cksum <"$requirements" | cut -d' ' -f1)"
  zizmor="$folder/bin/zizmor"
  if [ ! -e "$folder/complete" ]; then
    rm -rf "$folder"
    if python3 -m venv "$folder" >/dev/null 2>&1 && "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r "$requirements" >/dev/null 2>&1; then
      : >"$folder/complete"
    else
      rm -rf "$folder"
    fi
  fi
fi
if [ -x "$zizmor" ]; then
  "$zizmor" --offline --quiet --min-severity medium .github
else
  echo 'skipped: zizmor is not here, and could not be installed (it needs python3 with venv)'
fi
