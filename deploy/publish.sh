#!/usr/bin/env bash
# Builds what is handed out, into the folder that is named (default: out): the .NET tool's packages, and for each Linux platform an
# archive with the one file that needs no .NET beside it, its systemd unit and a sample of its settings.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-out}
mkdir -p "$out"
out=$(realpath "$out")

dotnet pack src/Host -c Release -o "$out"
for platform in linux-x64 linux-arm64; do
  folder=$(mktemp -d)
  dotnet publish src/Host -c Release -r "$platform" -o "$folder"
  cp LICENSE deploy/caudal.service deploy/caudal.sample.json "$folder"
  tar -C "$folder" -czf "$out/caudal-$platform.tar.gz" caudal LICENSE caudal.service caudal.sample.json
  rm -r "$folder"
done
ls -l "$out"
