#!/usr/bin/env bash
# Text in an object store, read through what mounts it: an S3 server (moto), s3fs, and the recipe of GNU parallel with its workers killed.
set -euo pipefail
engine=objects
source "$(dirname "$0")/work.sh"
{ command -v parallel && command -v s3fs; } >/dev/null || apt-get install -y -q --no-install-recommends parallel s3fs >/dev/null
[ -x "$WORK/moto/bin/moto_server" ] || { python3 -m venv "$WORK/moto" && "$WORK/moto/bin/pip" install -q 'moto[server]==5.2.5'; }
say "$(parallel --version | head -1), s3fs $(s3fs --version | grep -o 'V[0-9.]*'), moto 5.2.5"
export PARALLEL_HOME=$WORK/parallel-home
mkdir -p "$PARALLEL_HOME" && touch "$PARALLEL_HOME/will-cite"
prepare

# The work in a place of its own, where text is the mounted bucket.
home=$WORK/objects-home port=$((20000 + RANDOM % 10000))
trap 'fusermount -u "$home/bucket" 2>/dev/null || true; kill $server 2>/dev/null || true' EXIT
rm -rf "$home" && mkdir -p "$home/bucket"
"$WORK/moto/bin/moto_server" -p "$port" >objects-server.log 2>&1 &
server=$!
"$WORK/moto/bin/python" - "$port" <<'PYTHON'
import pathlib
import sys
import time

import boto3

s3 = boto3.client("s3", endpoint_url=f"http://localhost:{sys.argv[1]}", aws_access_key_id="key", aws_secret_access_key="secret", region_name="us-east-1")
for attempt in range(60):
    try:
        s3.create_bucket(Bucket="corpus")
        break
    except Exception:
        time.sleep(1)
for file in pathlib.Path("text").iterdir():
    s3.upload_file(str(file), "corpus", f"text/{file.name}")
PYTHON
echo key:secret >"$home/password" && chmod 600 "$home/password"
s3fs corpus "$home/bucket" -o "passwd_file=$home/password,url=http://localhost:$port,use_path_request_style,complement_stat"
cmp "$home/bucket/text/1.txt" text/1.txt || fail "the bucket is not mounted"
ln -s bucket/text "$home/text" && ln -s "$WORK/teacher" "$WORK/sample.vectors" "$home/"
mv "$(job_in objects)" "$home/objects.job.sh"
job=$home/objects.job.sh
kill_some objects 8 &
killer=$!
for attempt in $(seq 8); do "$recipes/drive.sh" "$job" parallel --jobs 2 >objects.log 2>&1 && break; done
touch objects.over && wait $killer
[ "$(wc -l <objects.kills)" -ge 3 ] || fail "only $(wc -l <objects.kills) kills: $(tail -5 objects.log)"
expect_same_bytes objects
say passed
